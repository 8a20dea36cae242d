#include "lib/crypto/token_uri.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_scheme = "pkcs11:";
constexpr std::string_view k_example = "for example \"pkcs11:token=Root%20CA;object=root-key\"";

struct Attribute {
    std::string_view name;
    std::string_view value;  // still percent-encoded
};

[[noreturn]] void refuse(const std::string& reason, std::string hint = std::string(k_example)) {
    throw Error(Code::usage, "a PKCS#11 URI " + reason, std::move(hint));
}

Attribute parse_attribute(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) refuse("has an attribute without a name or a value");
    return {text.substr(0, equals), text.substr(equals + 1)};
}

// RFC 7512, 2.3. The value that is not quoted in the message may be a PIN.
std::string decode_value(const Attribute& attribute) {
    std::string decoded;
    for (std::size_t at = 0; at < attribute.value.size(); ++at) {
        if (attribute.value[at] != '%') {
            decoded += attribute.value[at];
            continue;
        }
        const auto byte = hex_decode(attribute.value.substr(at + 1, 2));
        if (!byte || byte->size() != 1) {
            refuse(fmt::format("has a \"%\" without two hex digits in {}", in_quotes(attribute.name)));
        }
        decoded += static_cast<char>(byte->front());
        at += 2;
    }
    return decoded;
}

void check_no_pin(const Attribute& attribute) {
    if (attribute.name != "pin-value" && attribute.name != "pin-source") return;
    refuse(fmt::format("must not have {}: a URI is stored and shown", in_quotes(attribute.name)),
           "give the PIN with the option of the key's password, for example --key-password prompt");
}

void check_text(const Attribute& attribute) {
    // The engine reads labels as C strings.
    if (has_control_characters(decode_value(attribute))) {
        refuse(fmt::format("has a control character in {}", in_quotes(attribute.name)));
    }
}

void check_path_attribute(const Attribute& attribute) {
    constexpr std::array<std::string_view, 5> texts{"token", "manufacturer", "serial", "model", "object"};
    check_no_pin(attribute);
    if (attribute.name == "type") {
        if (attribute.value != "private") refuse("must have the type \"private\", or none");
    } else if (attribute.name == "id") {
        constexpr std::size_t most_bytes = 100;  // what the engine has room for
        const std::size_t size = decode_value(attribute).size();
        if (size == 0 || size > most_bytes) refuse("must have an \"id\" of 1 to 100 bytes");
    } else if (std::find(texts.begin(), texts.end(), attribute.name) != texts.end()) {
        check_text(attribute);
    } else {
        refuse(fmt::format("has the attribute {}, which is not supported", in_quotes(attribute.name)));
    }
}

std::string read_module_path(const Attribute& attribute) {
    check_no_pin(attribute);
    if (attribute.name != "module-path") {
        refuse(fmt::format("has the attribute {}, which is not supported", in_quotes(attribute.name)));
    }
    check_text(attribute);
    std::string path = decode_value(attribute);
    if (!path.starts_with('/')) refuse("must have an absolute path as \"module-path\"");
    return path;
}

// Calls `use` with every attribute of `text`; none may come twice.
template <typename Use>
void for_each_attribute(std::string_view text, char separator, Use use) {
    std::set<std::string_view> seen;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find(separator));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        const Attribute attribute = parse_attribute(part);
        use(attribute);
        if (!seen.insert(attribute.name).second) {
            refuse(fmt::format("has the attribute {} twice", in_quotes(attribute.name)));
        }
    }
}

}  // namespace

TokenUri parse_token_uri(std::string_view text) {
    if (to_lower(text.substr(0, k_scheme.size())) != k_scheme) refuse("begins with \"pkcs11:\", this text does not");
    if (!is_utf8(text) || has_control_characters(text)) refuse("holds a control character or is not UTF-8");
    text.remove_prefix(k_scheme.size());
    const std::size_t question = text.find('?');
    const std::string_view path = text.substr(0, question);

    TokenUri uri{std::string(k_scheme) + std::string(path), {}};
    bool names_key = false;
    for_each_attribute(path, ';', [&](const Attribute& attribute) {
        check_path_attribute(attribute);
        names_key = names_key || attribute.name == "object" || attribute.name == "id";
    });
    if (question != std::string_view::npos) {
        for_each_attribute(text.substr(question + 1), '&',
                           [&](const Attribute& attribute) { uri.module_path = read_module_path(attribute); });
    }
    // The engine would take the first key of the token.
    if (!names_key) refuse("must name the key by \"object\" or \"id\"");
    return uri;
}

}  // namespace umsadm
