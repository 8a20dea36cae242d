#include <catch2/catch.hpp>

#include "umsadm/base/file.hpp"

#include "unit/error_of.hpp"
#include "unit/mode_of.hpp"
#include "unit/temp_folder.hpp"

using namespace umsadm;
using umsadm::test::error_of;
using umsadm::test::mode_of;
using umsadm::test::TempFolder;

namespace {

std::string read(const Path& path) { return read_text_file(path, 100); }

auto entries_in(const Path& folder) { return std::distance(std::filesystem::directory_iterator(folder), {}); }

}  // namespace

TEST_CASE("replace_folder exchanges a whole folder, and nothing of the old one stays", "[base][file]") {
    const TempFolder temp;
    publish_folder(temp / "folder", {{"a", as_bytes("old")}, {"b", as_bytes("old")}});
    replace_folder(temp / "folder", {{"a", as_bytes("new"), k_public}});
    CHECK(read(temp / "folder/a") == "new");
    CHECK(mode_of(temp / "folder") == 0700);
    CHECK(mode_of(temp / "folder/a") == 0644);
    CHECK(entries_in(temp / "folder") == 1);
    CHECK(error_of([&] { replace_folder(temp / "none", {{"a", as_bytes("a")}}); }).code() == Code::not_found);
    CHECK(error_of([&] {
              replace_folder(temp / "folder", {{"a", as_bytes("newer")}, {"no/b", as_bytes("b")}});
          }).code() == Code::failed);
    CHECK(read(temp / "folder/a") == "new");
    CHECK(entries_in(temp.path()) == 1);
}
