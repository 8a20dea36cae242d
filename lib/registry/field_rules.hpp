#pragma once

#include <string>
#include <string_view>

#include "umsadm/base/error.hpp"

namespace umsadm {

// What the texts of a record must look like. The same rules hold for what a user asks to store (Code::usage) and for
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
    // A host, user or jump as SSH takes it: no blanks, no leading "-" (it would be read as an option by other tools).
    void ssh_word(std::string_view field, std::string_view text) const;

private:
    Code m_code;
};

}  // namespace umsadm
