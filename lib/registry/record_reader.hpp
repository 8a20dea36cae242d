#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "umsadm/base/fingerprint.hpp"
#include "umsadm/base/secret_source.hpp"
#include "umsadm/base/time.hpp"

namespace umsadm {

// The text of a value in a record.
template <typename Enum>
struct NameOf {
    Enum value;
    std::string_view name;
};

template <typename Enum, std::size_t N>
std::string_view name_in(const std::array<NameOf<Enum>, N>& table, Enum value) noexcept {
    for (const auto& entry : table) {
        if (entry.value == value) return entry.name;
    }
    return {};
}

// Reads the fields of one JSON object, strictly: a field that is missing, of the wrong type or out of range, and in
// finish() one that nobody asked for, is Code::invalid_data naming the field. The object must outlive the reader.
class RecordReader {
public:
    // `prefix` stands before the names in messages: "defaults." for the fields of the object "defaults".
    explicit RecordReader(const nlohmann::json& object, std::string prefix = {});

    std::string text(std::string_view name);
    std::string text_or_empty(std::string_view name);
    std::optional<std::string> optional_text(std::string_view name);
    std::vector<std::string> texts(std::string_view name);               // empty when absent
    std::map<std::string, std::string> text_map(std::string_view name);  // empty when absent
    bool flag(std::string_view name);
    std::optional<bool> optional_flag(std::string_view name);
    std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most);
    std::optional<std::uint16_t> optional_port(std::string_view name);
    UtcTime time(std::string_view name);
    Fingerprint fingerprint(std::string_view name);
    std::optional<Fingerprint> optional_fingerprint(std::string_view name);
    std::optional<SecretSource> secret_source(std::string_view name);
    RecordReader object(std::string_view name);

    template <typename Enum, std::size_t N>
    Enum choice(std::string_view name, const std::array<NameOf<Enum>, N>& table) {
        const std::string& value = text_in_place(name);
        for (const auto& entry : table) {
            if (entry.name == value) return entry.value;
        }
        std::string allowed;
        for (const auto& entry : table) allowed += (allowed.empty() ? "" : ", ") + std::string(entry.name);
        refuse(name, "must be one of " + allowed);
    }

    bool has(std::string_view name) const { return m_object.find(name) != m_object.end(); }
    void finish() const;
    // Throws Code::invalid_data: field "NAME" <must>.
    [[noreturn]] void refuse(std::string_view name, std::string_view must) const;

private:
    const nlohmann::json* find(std::string_view name);
    const nlohmann::json& require(std::string_view name);
    const std::string& text_in_place(std::string_view name);
    bool is_read(const nlohmann::json& value) const noexcept;

    const nlohmann::json& m_object;
    std::string m_prefix;
    std::vector<const nlohmann::json*> m_read;  // the values of the fields that were asked for
};

}  // namespace umsadm
