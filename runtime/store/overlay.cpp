// Tables made anew in memory where rows were given; everything else is shared with the generation below.
#include "runtime/store/overlay.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "runtime/store/key_hash.h"
#include "runtime/store/mapping.h"
#include "runtime/store/overlay_column.h"
#include "runtime/store/overlay_indexes.h"
#include "runtime/store/user_store.h"

namespace rec::store {

using types::Kind;
using types::Value;

namespace {

void collect_texts(const Value& value, std::set<std::string, std::less<>>& out) {
  if (const auto* text = std::get_if<std::string>(&value)) out.insert(*text);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) out.insert(texts->begin(), texts->end());
}

}  // namespace

/// One table at a time.
class OverlayBuilder {
 public:
  OverlayBuilder(Generation& out, const Generation& base) : out_(out), base_(base) {}

  static std::shared_ptr<Generation> start(std::shared_ptr<const Generation> base,
                                           std::vector<OverlaySequence> sequences) {
    std::shared_ptr<Generation> out(new Generation);
    out->number_ = base->number_;
    out->directory_ = base->directory_;
    out->catalog_ = base->catalog_;
    out->newest_event_ = base->newest_event_;
    out->tables_ = base->tables_;
    out->indexes_ = base->indexes_;
    out->user_indexes_ = base->user_indexes_;
    out->vector_indexes_ = base->vector_indexes_;
    out->overlay_ = std::make_unique<Overlay>();
    out->overlay_->base = std::move(base);
    out->overlay_->sequences = std::move(sequences);
    return out;
  }

  std::optional<std::string> lay(size_t table, const std::vector<const OverlayRow*>& rows) {
    const catalog::Table& declared = base_.catalog_.tables[table];
    const Table& old = base_.tables_[table];
    given_.clear();
    for (const OverlayRow* row : rows) {
      auto& values = given_[row->key];
      for (const auto& [column, value] : row->values) values[column] = value;
    }
    order(old);
    make_dictionary(old, declared);
    Table made;
    made.name_ = old.name_;
    made.rows_ = static_cast<uint32_t>(sources_.size());
    made.strings_ = dictionary_;
    for (size_t c = 0; c < declared.columns.size(); ++c) {
      auto column = make_column(old, declared, c);
      if (!column) return std::move(column.error());
      made.columns_.push_back(*column);
    }
    made.use_keys();
    make_slots(made);
    remap_indexes(old.name());
    out_.tables_[table] = std::move(made);
    return {};
  }

 private:
  /// A row of the new table: one of the old, with changes or without, or a new one.
  struct Source {
    uint32_t old = column::kNoRow;
    const std::map<size_t, Value>* given = nullptr;
  };

  void order(const Table& old) {
    sources_.clear();
    new_row_.assign(old.rows(), 0);
    auto next = given_.begin();
    const auto add_given = [&](uint32_t row) {
      sources_.push_back({row, &next->second});
      ++next;
    };
    for (uint32_t row = 0; row < old.rows(); ++row) {
      const Key key = old.key(row);
      while (next != given_.end() && next->first < key) add_given(column::kNoRow);
      new_row_[row] = static_cast<uint32_t>(sources_.size());
      if (next != given_.end() && next->first == key) {
        add_given(row);
      } else {
        sources_.push_back({row, nullptr});
      }
    }
    while (next != given_.end()) add_given(column::kNoRow);
  }

  void make_dictionary(const Table& old, const catalog::Table& declared) {
    std::set<std::string, std::less<>> texts;
    for (const auto& [key, values] : given_) {
      if (const auto* text = std::get_if<std::string>(&key)) texts.insert(*text);
      for (const auto& [column, value] : values) collect_texts(value, texts);
    }
    texts.insert("");
    if (declared.unknown) {
      for (const Value& value : *declared.unknown) collect_texts(value, texts);
    }
    codes_.clear();
    const bool all_known =
        std::ranges::all_of(texts, [&](const auto& text) { return old.strings().find(text).has_value(); });
    dictionary_ = old.strings();
    if (all_known) return;
    for (uint32_t code = 0; code < old.strings().size(); ++code)
      texts.emplace(old.strings().text(static_cast<int32_t>(code)));
    std::vector<uint64_t> offsets{0};
    std::vector<char> bytes;
    for (const auto& text : texts) {
      bytes.insert(bytes.end(), text.begin(), text.end());
      offsets.push_back(bytes.size());
    }
    auto& overlay = *out_.overlay_;
    dictionary_ = column::Dictionary(static_cast<uint32_t>(texts.size()), keep(overlay, offsets), keep(overlay, bytes));
    for (uint32_t code = 0; code < old.strings().size(); ++code)
      codes_.push_back(*dictionary_.find(old.strings().text(static_cast<int32_t>(code))));
  }

  /// The value that a row gets where it is not the old one.
  const Value* given_value(const Source& source, size_t column, const catalog::Table& declared) const {
    static const Value kNothing{};
    if (source.given != nullptr) {
      if (const auto found = source.given->find(column); found != source.given->end()) return &found->second;
    }
    if (source.old != column::kNoRow) return nullptr;
    return declared.unknown ? &(*declared.unknown)[column] : &kNothing;
  }

  std::expected<column::ColumnView, std::string> make_column(const Table& old, const catalog::Table& declared,
                                                             size_t c) {
    OverlayColumn made(declared.columns[c], dictionary_, codes_);
    auto key = given_.begin();
    for (const Source& source : sources_) {
      const Value* value = given_value(source, c, declared);
      Value key_value;
      if (source.given != nullptr) {
        if (c == 0) {
          key_value = std::visit([](const auto& k) { return Value{k}; }, key->first);
          value = &key_value;
        }
        ++key;
      }
      if (value == nullptr) {
        made.put_old(old.columns()[c], source.old);
      } else if (auto wrong = made.put(*value)) {
        return std::unexpected(std::move(*wrong));
      }
    }
    return made.keep_in(*out_.overlay_);
  }

  void make_slots(Table& made) {
    std::vector<uint32_t> slots(slot_count(made.rows()), 0);
    made.hash_mask_ = slots.size() - 1;
    for (uint32_t row = 0; row < made.rows(); ++row) {
      const Key key = made.key(row);
      const auto* number = std::get_if<int64_t>(&key);
      uint64_t slot = (number != nullptr ? key_hash(*number) : key_hash(std::get<std::string>(key))) & made.hash_mask_;
      while (slots[slot] != 0) slot = (slot + 1) & made.hash_mask_;
      slots[slot] = row + 1;
    }
    made.hash_slots_ = keep(*out_.overlay_, slots);
  }

  void remap_indexes(const std::string& table) {
    RowMap map{.old_row = {}, .new_row = new_row_};
    for (const Source& source : sources_) map.old_row.push_back(source.old);
    auto& overlay = *out_.overlay_;
    const auto items = [&](auto& indexes) {
      for (auto& index : indexes) {
        if (index.item_table == table) remap_items(overlay, map, index);
      }
    };
    const auto users = [&](auto& indexes) {
      for (auto& index : indexes) {
        if (index.user_table == table) remap_users(overlay, map, index);
      }
    };
    items(out_.indexes_);
    items(out_.user_indexes_);
    items(out_.vector_indexes_);
    users(out_.user_indexes_);
    users(out_.vector_indexes_);
  }

  Generation& out_;
  const Generation& base_;
  std::map<Key, std::map<size_t, Value>> given_;
  std::vector<Source> sources_;
  std::vector<uint32_t> new_row_;  // of each old row
  column::Dictionary dictionary_;
  std::vector<int32_t> codes_;  // of each old code; empty: as they were
};

std::expected<std::shared_ptr<const Generation>, std::string> lay_over(std::shared_ptr<const Generation> base,
                                                                       const std::vector<OverlayRow>& rows,
                                                                       std::vector<OverlaySequence> sequences) {
  for (OverlaySequence& sequence : sequences)
    std::ranges::stable_sort(sequence.events, std::greater(), &OverlayEvent::time);
  const Generation& below = *base;
  auto out = OverlayBuilder::start(std::move(base), std::move(sequences));
  OverlayBuilder builder(*out, below);
  for (size_t table = 0; table < below.catalog().tables.size(); ++table) {
    std::vector<const OverlayRow*> own;
    for (const OverlayRow& row : rows) {
      if (row.table == table) own.push_back(&row);
    }
    if (own.empty()) continue;
    if (auto wrong = builder.lay(table, own)) return std::unexpected(std::move(*wrong));
  }
  return out;
}

namespace {

column::EventColumns::Column given_column(const std::vector<std::pair<uint32_t, const OverlayEvent*>>& events, size_t c,
                                          const types::Type& type, column::StringSpace& strings, column::Arena& arena) {
  const size_t width = types::width(type);
  const auto values = arena.allocate<std::byte>(events.size() * width);
  std::ranges::fill(values, std::byte{});
  const auto present = arena.allocate<uint8_t>(events.size());
  for (size_t i = 0; i < events.size(); ++i) {
    const Value& value = events[i].second->columns[c];
    std::byte* const at = values.data() + i * width;
    const auto put = [&](auto physical) { std::memcpy(at, &physical, sizeof physical); };
    present[i] = std::holds_alternative<std::monostate>(value) ? 0 : 1;
    if (const auto* flag = std::get_if<bool>(&value)) put(static_cast<uint8_t>(*flag ? 1 : 0));
    if (const auto* number = std::get_if<int64_t>(&value)) put(*number);
    if (const auto* number = std::get_if<float>(&value)) put(*number);
    if (const auto* text = std::get_if<std::string>(&value)) put(strings.intern(*text));
    if (type.kind == Kind::string && present[i] == 0) put(strings.intern(""));
  }
  return {.data = values.data(), .present = type.optional ? present.data() : nullptr};
}

}  // namespace

std::optional<SequenceRead> read_given(const Overlay& overlay, size_t sequence, const Key& user, const Table& items,
                                       const catalog::Events& events, column::StringSpace& strings,
                                       column::Arena& arena) {
  const auto found = std::ranges::find_if(
      overlay.sequences, [&](const auto& each) { return each.sequence == sequence && each.user == user; });
  if (found == overlay.sequences.end()) return {};
  SequenceRead out;
  std::vector<std::pair<uint32_t, const OverlayEvent*>> there;
  for (const OverlayEvent& event : found->events) {
    if (const auto row = items.find(event.item)) {
      there.emplace_back(*row, &event);
    } else {
      ++out.gone;
    }
  }
  const auto times = arena.allocate<int64_t>(there.size());
  const auto rows = arena.allocate<uint32_t>(there.size());
  for (size_t i = 0; i < there.size(); ++i) {
    rows[i] = there[i].first;
    times[i] = there[i].second->time;
  }
  out.events = {.size = there.size(), .time = times.data(), .item = rows.data(), .columns = {}};
  for (size_t c = 0; c < events.columns.size(); ++c)
    out.events.columns.push_back(given_column(there, c, events.columns[c].type, strings, arena));
  return out;
}

}  // namespace rec::store
