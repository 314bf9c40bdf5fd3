// The words of the demo universe.
#pragma once

#include <array>
#include <string_view>

namespace rec::simulation {

struct Topic {
  std::string_view name;
  std::array<std::string_view, 6> tags;
};

inline constexpr std::array<Topic, 24> kTopics = {{
    {"coffee", {"espresso", "pour over", "latte art", "roasting", "cafes", "cold brew"}},
    {"baking", {"sourdough", "croissants", "cakes", "cookies", "macarons", "pies"}},
    {"noodles", {"ramen", "hand-pulled noodles", "rice noodles", "pasta", "wontons", "broth"}},
    {"tea", {"oolong", "pu'er", "tea sets", "matcha", "jasmine tea", "milk tea"}},
    {"hiking", {"day hikes", "trail maps", "boots", "ridges", "summits", "backpacks"}},
    {"camping", {"tents", "stargazing", "camp cooking", "lakes", "lanterns", "hammocks"}},
    {"cycling", {"road bikes", "gravel", "commuting", "bike repair", "climbs", "touring"}},
    {"running", {"marathons", "interval training", "trail running", "shoes", "recovery", "morning runs"}},
    {"climbing", {"bouldering", "belaying", "chalk", "finger strength", "crags", "indoor walls"}},
    {"yoga", {"stretching", "breathing", "vinyasa", "balance", "mats", "meditation"}},
    {"skincare", {"sunscreen", "serums", "cleansers", "masks", "sensitive skin", "moisturisers"}},
    {"fashion", {"coats", "vintage", "denim", "capsule wardrobes", "sneakers", "layering"}},
    {"interiors", {"small flats", "lighting", "bookshelves", "second-hand furniture", "rugs", "kitchens"}},
    {"gardening", {"succulents", "balcony gardens", "roses", "herbs", "repotting", "orchids"}},
    {"cats", {"kittens", "cat food", "scratching posts", "naps", "adoption", "vet visits"}},
    {"dogs", {"puppies", "training", "long walks", "grooming", "corgis", "dog parks"}},
    {"photography", {"film", "portraits", "night shots", "lenses", "street photography", "editing"}},
    {"painting", {"watercolour", "sketchbooks", "oil paint", "portraits in oil", "colour theory", "plein air"}},
    {"music", {"guitar", "piano", "vinyl", "home studios", "concerts", "singing"}},
    {"films", {"thrillers", "animation", "classics", "documentaries", "film scores", "short films"}},
    {"books", {"novels", "science fiction", "poetry", "reading lists", "bookshops", "essays"}},
    {"games", {"board games", "puzzles", "platformers", "strategy", "retro consoles", "co-op"}},
    {"gadgets", {"keyboards", "headphones", "tablets", "smart homes", "cameras", "battery life"}},
    {"travel", {"night trains", "islands", "old towns", "hostels", "street food", "packing lists"}},
}};

/// `%` is a tag.
inline constexpr std::array<std::string_view, 16> kTitles = {
    "A week of %",         "%: what nobody tells you", "How I fell for %",      "% on a budget",
    "My honest take on %", "Beginner's guide to %",    "Ten minutes of %",      "% after work",
    "Everything about %",  "The best % in town",       "Three mistakes with %", "% for rainy days",
    "A quiet day with %",  "Why I came back to %",     "% with friends",        "Notes on %",
};

inline constexpr std::array<std::string_view, 12> kCities = {"Shanghai", "Beijing",  "Guangzhou", "Shenzhen",
                                                             "Chengdu",  "Hangzhou", "Wuhan",     "Nanjing",
                                                             "Xi'an",    "Changsha", "Qingdao",   "Kunming"};

}  // namespace rec::simulation
