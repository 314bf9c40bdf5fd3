// Arrays of zeros as long as a table, kept by a thread between requests.
#pragma once

#include <utility>
#include <vector>

namespace rec::operators {

/// An array of zeros, at least `size` long; whoever has it clears what it wrote before it is given back. Belongs to the
/// thread that made it.
template <typename T>
class Zeros {
 public:
  explicit Zeros(size_t size) {
    if (!spare().empty()) {
      values_ = std::move(spare().back());
      spare().pop_back();
    }
    if (values_.size() < size) values_.resize(size);
  }
  ~Zeros() { spare().push_back(std::move(values_)); }
  Zeros(const Zeros&) = delete;
  Zeros& operator=(const Zeros&) = delete;
  Zeros(Zeros&&) = delete;
  Zeros& operator=(Zeros&&) = delete;

  T& operator[](size_t at) { return values_[at]; }
  const T& operator[](size_t at) const { return values_[at]; }
  T* data() { return values_.data(); }

 private:
  static std::vector<std::vector<T>>& spare() {
    thread_local std::vector<std::vector<T>> arrays;
    return arrays;
  }
  std::vector<T> values_;
};

/// Whether an array as long as the table is worth its memory, for so many rows of it.
inline bool is_worth_an_array(size_t table_rows, size_t rows) {
  constexpr size_t kFew = 65'536, kSparse = 16;
  return table_rows <= kFew || table_rows / kSparse <= rows;
}

}  // namespace rec::operators
