#include "lib/registry/record_reader.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_hint =
    "correct the file by hand (docs/site.md describes every field), or put it back from a backup";

std::string number_rule(std::int64_t least, std::int64_t most) {
    return fmt::format("must be a number from {} to {}", least, most);
}

}  // namespace

RecordReader::RecordReader(const nlohmann::json& object, std::string prefix)
    : m_object(object), m_prefix(std::move(prefix)) {
    if (!object.is_object()) throw Error(Code::invalid_data, "this is not a JSON object", std::string(k_hint));
}

void RecordReader::refuse(std::string_view name, std::string_view must) const {
    throw Error(Code::invalid_data, fmt::format("field {} {}", in_quotes(m_prefix + std::string(name)), must),
                std::string(k_hint));
}

const nlohmann::json* RecordReader::find(std::string_view name) {
    const auto found = m_object.find(name);
    if (found == m_object.end()) return nullptr;
    if (!is_read(*found)) m_read.push_back(&*found);
    return &*found;
}

bool RecordReader::is_read(const nlohmann::json& value) const noexcept {
    return std::find(m_read.begin(), m_read.end(), &value) != m_read.end();
}

const nlohmann::json& RecordReader::require(std::string_view name) {
    const nlohmann::json* value = find(name);
    if (value == nullptr) refuse(name, "is missing");
    return *value;
}

const std::string& RecordReader::text_in_place(std::string_view name) {
    const nlohmann::json& value = require(name);
    if (!value.is_string()) refuse(name, "must be a text");
    return value.get_ref<const std::string&>();
}

std::string RecordReader::text(std::string_view name) { return text_in_place(name); }

std::optional<std::string> RecordReader::optional_text(std::string_view name) {
    if (find(name) == nullptr) return std::nullopt;
    return text(name);
}

std::string RecordReader::text_or_empty(std::string_view name) { return optional_text(name).value_or(std::string()); }

std::vector<std::string> RecordReader::texts(std::string_view name) {
    std::vector<std::string> result;
    const nlohmann::json* value = find(name);
    if (value == nullptr) return result;
    if (!value->is_array()) refuse(name, "must be a list of texts");
    for (const auto& element : *value) {
        if (!element.is_string()) refuse(name, "must be a list of texts");
        result.push_back(element.get<std::string>());
    }
    return result;
}

std::map<std::string, std::string> RecordReader::text_map(std::string_view name) {
    std::map<std::string, std::string> result;
    const nlohmann::json* value = find(name);
    if (value == nullptr) return result;
    if (!value->is_object()) refuse(name, "must be an object of texts");
    for (const auto& [key, element] : value->items()) {
        if (!element.is_string()) refuse(name, "must be an object of texts");
        result.emplace(key, element.get<std::string>());
    }
    return result;
}

bool RecordReader::flag(std::string_view name) {
    const nlohmann::json& value = require(name);
    if (!value.is_boolean()) refuse(name, "must be true or false");
    return value.get<bool>();
}

std::optional<bool> RecordReader::optional_flag(std::string_view name) {
    if (find(name) == nullptr) return std::nullopt;
    return flag(name);
}

std::int64_t RecordReader::number(std::string_view name, std::int64_t least, std::int64_t most) {
    const nlohmann::json& value = require(name);
    if (!value.is_number_integer()) refuse(name, number_rule(least, most));
    const bool too_large = value.is_number_unsigned() && std::cmp_greater(value.get<std::uint64_t>(), most);
    if (too_large) refuse(name, number_rule(least, most));
    const auto number = value.get<std::int64_t>();
    if (number < least || number > most) refuse(name, number_rule(least, most));
    return number;
}

std::optional<std::uint16_t> RecordReader::optional_port(std::string_view name) {
    if (find(name) == nullptr) return std::nullopt;
    return static_cast<std::uint16_t>(number(name, 1, 65535));
}

UtcTime RecordReader::time(std::string_view name) {
    const auto parsed = parse_utc(text_in_place(name));
    if (!parsed) refuse(name, "must be a time such as \"2026-11-21T18:30:00Z\"");
    return *parsed;
}

Fingerprint RecordReader::fingerprint(std::string_view name) {
    const auto parsed = Fingerprint::parse(text_in_place(name));
    if (!parsed) refuse(name, "must be a SHA-256 fingerprint");
    return *parsed;
}

std::optional<Fingerprint> RecordReader::optional_fingerprint(std::string_view name) {
    if (find(name) == nullptr) return std::nullopt;
    return fingerprint(name);
}

std::optional<SecretSource> RecordReader::secret_source(std::string_view name) {
    if (find(name) == nullptr) return std::nullopt;
    const std::string value = text(name);
    for (const std::string_view kind : {"file:", "env:"}) {
        if (value.starts_with(kind) && value.size() > kind.size()) return SecretSource::parse(value);
    }
    // The value is not repeated: it may be a password that was written here by mistake.
    refuse(name, "must be file:PATH or env:NAME");
}

RecordReader RecordReader::object(std::string_view name) {
    const nlohmann::json& value = require(name);
    if (!value.is_object()) refuse(name, "must be an object");
    return RecordReader(value, m_prefix + std::string(name) + ".");
}

void RecordReader::finish() const {
    if (m_read.size() == m_object.size()) return;
    for (const auto& [name, value] : m_object.items()) {
        if (!is_read(value)) refuse(name, "is not known");
    }
}

}  // namespace umsadm
