#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/error.hpp"
#include "umsadm/base/secret_source.hpp"

namespace umsadm {

// What a record may hold as "wait_seconds": up to a day.
constexpr std::uint32_t k_longest_wait = 86'400;

// What the fields of a record must look like. The same rules hold for what a user asks to store (Code::usage) and for
// what a file says (Code::invalid_data); errors name the field.
class FieldRules {
public:
    explicit FieldRules(Code code) noexcept : m_code(code) {}

    void require(bool ok, std::string_view field, std::string_view must, std::string_view hint = {}) const;
    // One line of UTF-8 without control characters, not empty.
    void line(std::string_view field, std::string_view text) const;
    void line_if_any(std::string_view field, std::string_view text) const;
    void absolute_path(std::string_view field, std::string_view text) const;
    // A DNS name or an IP address, no wildcard.
    void host(std::string_view field, std::string_view text) const;
    void port(std::string_view field, std::uint16_t number) const;
    void wait(std::string_view field, std::uint32_t seconds) const;
    // Where a secret comes from, as a record may keep it; absent is fine.
    void stored_source(
        std::string_view field, const std::optional<SecretSource>& source,
        std::string_view hint = "fd: and prompt are for one run: give them with each command instead") const;
    // A host, user or jump as SSH takes it: no blanks, no leading "-" (it would be read as an option by other tools).
    void ssh_word(std::string_view field, std::string_view text) const;

private:
    Code m_code;
};

}  // namespace umsadm
