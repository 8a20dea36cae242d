#include <algorithm>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/certificate_store.hpp"

namespace umsadm {
namespace {

constexpr std::size_t k_longest_name = 200;

std::size_t character_count(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(
        utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool ends_in_generation(std::string_view name) {
    const auto digits = std::find_if(name.rbegin(), name.rend(), [](char c) { return c < '0' || c > '9'; });
    return digits != name.rbegin() && digits != name.rend() && *digits == '@';
}

std::string_view complaint(std::string_view name) {
    if (name.empty()) return "must not be empty";
    if (!is_utf8(name)) return "must be UTF-8";
    if (has_control_characters(name)) return "must be one line without control characters";
    if (character_count(name) > k_longest_name) return "must have at most 200 characters";
    if (trim(name) != name) return "must not begin or end with a blank";
    if (name.find('/') != std::string_view::npos) return "must not contain \"/\": it would be taken for a file";
    if (to_lower(name).starts_with("sha256:"))
        return "must not begin with \"sha256:\": it would be taken for a fingerprint";
    if (ends_in_generation(name)) return "must not end in \"@\" and digits: they would be taken for a generation";
    return {};
}

}  // namespace

void check_display_name(std::string_view name) {
    const std::string_view wrong = complaint(name);
    if (!wrong.empty()) {
        throw Error(Code::usage, fmt::format("the certificate name {} {}", in_quotes(name), wrong),
                    "choose another name");
    }
}

}  // namespace umsadm
