// .npy in and out: round trip, NumPy's own bytes, and every foreign or broken file refused with a reason.
#include <gtest/gtest.h>

#include "offline/ingest/csv.h"
#include "tests/offline/temporary_folder.h"

namespace rec::ingest {
namespace {

using testing::TemporaryFolder;

std::string npy(const std::string& header, const std::string& data, char version = 1) {
  std::string text = "\x93NUMPY";
  text += {version, '\0', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)};
  if (version > 1) text += std::string(2, '\0');
  return text + header + data;
}

std::string refusal(const std::string& bytes) {
  const TemporaryFolder folder;
  const auto matrix = NpyMatrix::open(folder.write("m.npy", bytes));
  return matrix ? "accepted" : matrix.error().message;
}

TEST(Npy, RoundTrip) {
  const TemporaryFolder folder;
  const std::vector<float> values = {1, 2, 3, 4, 5, 6.5F};
  ASSERT_TRUE(write_npy(folder.path("m.npy"), values.data(), 3, 2));
  const auto matrix = NpyMatrix::open(folder.path("m.npy"));
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->rows(), 3U);
  EXPECT_EQ(matrix->columns(), 2U);
  EXPECT_EQ(matrix->row(2)[1], 6.5F);
  // The very bytes that numpy.save writes: a header padded to a multiple of 64.
  EXPECT_EQ(
      folder.read("m.npy").substr(0, 70),
      std::string("\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 69) + " ");
  EXPECT_EQ(folder.read("m.npy").size(), 128U + 24U);
}

TEST(Npy, ReadsOtherVersionsAndUnalignedData) {
  const TemporaryFolder folder;
  const std::string data("\0\0\x80\x3F\0\0\0\x40", 8);
  for (const char version : {'\1', '\2', '\3'}) {
    const auto bytes = npy("{'shape':(1,2),'fortran_order':False,\"descr\":\"<f4\"} ", data, version);
    const auto matrix = NpyMatrix::open(folder.write("m.npy", bytes));
    ASSERT_TRUE(matrix) << matrix.error().message;
    EXPECT_EQ(matrix->row(0)[0], 1.0F);
    EXPECT_EQ(matrix->row(0)[1], 2.0F);
  }
}

TEST(Npy, RefusesWhatItCannotUse) {
  const auto header = [](const std::string& dtype, const std::string& order, const std::string& shape) {
    return "{'descr': " + dtype + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
  };
  const std::string data(8, '\0');
  EXPECT_EQ(refusal(npy(header("'<f8'", "False", "(1, 1)"), data)),
            "holds <f8; little-endian 32-bit floats (<f4) are needed");
  EXPECT_EQ(refusal(npy(header("[('a', '<f4')]", "False", "(1, 2)"), data)),
            "holds a structured type; little-endian 32-bit floats (<f4) are needed");
  EXPECT_EQ(refusal(npy(header("'<f4'", "True", "(1, 2)"), data)),
            "is in Fortran order; C order is needed (numpy.ascontiguousarray)");
  EXPECT_EQ(refusal(npy(header("'<f4'", "False", "(2,)"), data)), "has the shape (2,); two dimensions are needed");
  EXPECT_EQ(refusal(npy(header("'<f4'", "False", "(2, 2)"), data)),
            "holds 8 bytes of data, which is not the shape (2, 2) of its header");
  EXPECT_EQ(refusal(npy(header("'<f4'", "False", "(4611686018427387904, 4)"), data)),
            "holds 8 bytes of data, which is not the shape (4611686018427387904, 4) of its header");
  EXPECT_EQ(refusal(npy("{'descr': '<f4'}", data)), "has a header that cannot be read");
  EXPECT_EQ(refusal("id,x\n1,2\n"), "is no .npy file: it does not begin with \\x93NUMPY");
  EXPECT_EQ(refusal(""), "is no .npy file: it does not begin with \\x93NUMPY");
  EXPECT_EQ(refusal(npy("{}", "", 9)), "is .npy version 9; 1 to 3 can be read");
}

TEST(Npy, EveryTruncationIsRefused) {
  const TemporaryFolder folder;
  const std::vector<float> values = {1, 2, 3, 4};
  ASSERT_TRUE(write_npy(folder.path("m.npy"), values.data(), 2, 2));
  const std::string whole = folder.read("m.npy");
  EXPECT_EQ(refusal(whole), "accepted");
  for (size_t length = 0; length < whole.size(); ++length) EXPECT_NE(refusal(whole.substr(0, length)), "accepted");
}

}  // namespace
}  // namespace rec::ingest
