// How each step is written, and what people call it who come from elsewhere: material for messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rec::syntax {

/// The form of what a grammar rule reads (a step by its first word); empty where there is none to show.
std::string_view form_of(size_t rule, size_t first_token);

/// A word of another language and what it is called here. `type`: the keyword that can simply take its place, or 0.
struct Habit {
  std::string_view seen;
  std::string_view right;
  size_t type;
};
/// A word behind a whole expression that other languages go on with, and what to write.
struct ForeignWord {
  std::string_view seen;
  std::string_view right;
};
const ForeignWord* foreign_word_behind(std::string_view word);
const Habit* step_habit(std::string_view word);
const Habit* declaration_habit(std::string_view word);

const std::vector<std::string>& step_words();
const std::vector<std::string>& declaration_words();

}  // namespace rec::syntax
