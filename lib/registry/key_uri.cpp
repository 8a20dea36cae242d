#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/registry/certificate_store.hpp"

namespace umsadm {
namespace {

constexpr std::size_t k_longest_uri = 1000;

std::string_view complaint(std::string_view uri) {
    const std::string lower = to_lower(uri);
    if (!lower.starts_with("pkcs11:")) return "must begin with \"pkcs11:\"";
    if (lower.find("pin-value") != std::string::npos || lower.find("pin-source") != std::string::npos) {
        return "must not hold a PIN, nor say where one is";
    }
    if (!is_utf8(uri) || has_control_characters(uri) || uri.find(' ') != std::string_view::npos) {
        return "must be one word without control characters";
    }
    if (uri.size() > k_longest_uri) return "must have at most 1000 characters";
    return {};
}

}  // namespace

void check_key_uri(std::string_view uri) {
    const std::string_view wrong = complaint(uri);
    if (wrong.empty()) return;
    // The text is not repeated: it may hold a PIN.
    throw Error(
        Code::usage, fmt::format("the PKCS#11 URI of a key {}", wrong),
        "name the key as in \"pkcs11:token=TOKEN;object=LABEL;type=private\"; the PIN comes from a password source");
}

}  // namespace umsadm
