#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace umsadm::keystore {

// The code point at `at` of a text that is known to be well-formed UTF-8; `at` moves behind it.
inline char32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
    const auto byte = [&](std::size_t offset) -> char32_t { return static_cast<std::uint8_t>(text[at + offset]); };
    const char32_t lead = byte(0);
    if (lead < 0x80) {
        at += 1;
        return lead;
    }
    if (lead < 0xE0) {
        const char32_t point = ((lead & 0x1F) << 6) | (byte(1) & 0x3F);
        at += 2;
        return point;
    }
    if (lead < 0xF0) {
        const char32_t point = ((lead & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F);
        at += 3;
        return point;
    }
    const char32_t point =
        ((lead & 0x07) << 18) | ((byte(1) & 0x3F) << 12) | ((byte(2) & 0x3F) << 6) | (byte(3) & 0x3F);
    at += 4;
    return point;
}

// Appends a code point that is no surrogate, as UTF-8.
inline void append_code_point(std::string& text, char32_t point) {
    const auto push = [&](char32_t value) { text.push_back(static_cast<char>(static_cast<std::uint8_t>(value))); };
    if (point < 0x80) {
        push(point);
    } else if (point < 0x800) {
        push(0xC0 | (point >> 6));
        push(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        push(0xE0 | (point >> 12));
        push(0x80 | ((point >> 6) & 0x3F));
        push(0x80 | (point & 0x3F));
    } else {
        push(0xF0 | (point >> 18));
        push(0x80 | ((point >> 12) & 0x3F));
        push(0x80 | ((point >> 6) & 0x3F));
        push(0x80 | (point & 0x3F));
    }
}

}  // namespace umsadm::keystore
