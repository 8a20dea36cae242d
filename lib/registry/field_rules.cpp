#include "lib/registry/field_rules.hpp"

#include <fmt/format.h>

#include "umsadm/base/host_name.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

std::optional<HostName> host_name(std::string_view text) {
    try {
        return HostName::parse(text);
    } catch (const Error&) {
        return std::nullopt;  // an answer here: the caller says which field it was
    }
}

}  // namespace

void FieldRules::require(bool ok, std::string_view field, std::string_view must, std::string_view hint) const {
    if (!ok) throw Error(m_code, fmt::format("field {} {}", in_quotes(field), must), std::string(hint));
}

void FieldRules::line(std::string_view field, std::string_view text) const {
    require(!text.empty() && is_utf8(text) && !has_control_characters(text), field,
            "must be one line of UTF-8 text without control characters");
}

void FieldRules::line_if_any(std::string_view field, std::string_view text) const {
    if (!text.empty()) line(field, text);
}

void FieldRules::absolute_path(std::string_view field, std::string_view text) const {
    line(field, text);
    require(text.starts_with('/'), field, "must be an absolute path", "start it with \"/\"");
}

void FieldRules::host(std::string_view field, std::string_view text) const {
    const auto name = host_name(text);
    require(name && !name->is_wildcard() && !text.starts_with('['), field, "must be a DNS name or an IP address",
            "name the machine itself: a wildcard, a URL or a port does not belong here");
}

void FieldRules::port(std::string_view field, std::uint16_t number) const {
    require(number != 0, field, "must be a number from 1 to 65535");
}

void FieldRules::wait(std::string_view field, std::uint32_t seconds) const {
    require(seconds <= k_longest_wait, field, fmt::format("must be a number from 0 to {}", k_longest_wait));
}

void FieldRules::stored_source(std::string_view field, const std::optional<SecretSource>& source,
                               std::string_view hint) const {
    if (!source) return;
    require(source->storable(), field, "must be file:PATH or env:NAME to be stored", hint);
    line(field, source->value);
}

void FieldRules::ssh_word(std::string_view field, std::string_view text) const {
    line(field, text);
    require(text.find_first_of(" \t") == std::string_view::npos, field, "must not contain blanks");
    require(!text.starts_with('-'), field, "must not start with \"-\"");
}

}  // namespace umsadm
