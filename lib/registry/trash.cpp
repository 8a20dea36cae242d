#include "lib/registry/trash.hpp"

#include <system_error>

#include <fmt/format.h>

namespace umsadm {
namespace {

constexpr std::string_view k_request = "request-";

}  // namespace

Path free_trash_path(const Site& site, UtcTime now, std::string_view what, std::string_view extension) {
    const std::string stem = fmt::format("{}-{}", format_utc_compact(now), what);
    Path path = site.trash() / fmt::format("{}{}", stem, extension);
    std::error_code ignored;
    for (int number = 2; std::filesystem::exists(path, ignored); ++number) {
        path = site.trash() / fmt::format("{}-{}{}", stem, number, extension);
    }
    return path;
}

Path free_trash_path_for_request(const Site& site, UtcTime now, std::string_view id) {
    return free_trash_path(site, now, fmt::format("{}{}", k_request, id));
}

bool is_trashed_request(const Path& path) {
    return path.filename().string().find(fmt::format("-{}", k_request)) != std::string::npos;
}

}  // namespace umsadm
