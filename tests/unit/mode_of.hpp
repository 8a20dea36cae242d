#pragma once

#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/stat.h>

namespace umsadm::test {

// The permission bits of a file or folder, as chmod(1) takes them. Fails the test when there is none.
inline unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace umsadm::test
