#include "html_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// What nobody sees, and what has others seen in another order. The joiners U+200C and U+200D are part of how some
// languages are written; between marks and letters they deceive nobody.
constexpr std::array<Range, 14> k_made_visible{{{0x00AD, 0x00AD},
                                                {0x061C, 0x061C},
                                                {0x180E, 0x180E},
                                                {0x200B, 0x200B},
                                                {0x200E, 0x200F},
                                                {0x2028, 0x202E},
                                                {0x2060, 0x206F},
                                                {0x3164, 0x3164},
                                                {0xFDD0, 0xFDEF},
                                                {0xFEFF, 0xFEFF},
                                                {0xFFA0, 0xFFA0},
                                                {0xFFF0, 0xFFFB},
                                                {0xE0000, 0xE0FFF},
                                                {0xF0000, 0x10FFFF}}};

// XML has no U+FFFE and U+FFFF, HTML none of the like in any plane.
bool is_no_character(char32_t c) noexcept { return (c & 0xFFFEU) == 0xFFFEU; }

bool has_to_be_visible(char32_t c) noexcept {
    return is_no_character(c) || std::any_of(k_made_visible.begin(), k_made_visible.end(),
                                             [c](const Range& range) { return c >= range.first && c <= range.last; });
}

struct Character {
    char32_t value;
    std::size_t length;
};

// Of text that is UTF-8.
Character first_of(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return {lead, 1};
    std::size_t length = 2;
    if (lead >= 0xE0) length = lead >= 0xF0 ? 4 : 3;
    char32_t value = lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) value = (value << 6U) | (byte(i) & 0x3FU);
    return {value, length};
}

std::string_view entity_of(char32_t c) noexcept {
    switch (c) {
        case U'&': return "&amp;";
        case U'<': return "&lt;";
        case U'>': return "&gt;";
        case U'"': return "&quot;";
        case U'\'': return "&#39;";
        default: return {};
    }
}

}  // namespace

std::string html_text(std::string_view text) {
    const std::string clean = printable(text);
    std::string result;
    result.reserve(clean.size());
    for (std::string_view rest = clean; !rest.empty();) {
        const Character character = first_of(rest);
        if (const std::string_view entity = entity_of(character.value); !entity.empty()) {
            result += entity;
        } else if (has_to_be_visible(character.value)) {
            result += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character.value));
        } else {
            result += rest.substr(0, character.length);
        }
        rest.remove_prefix(character.length);
    }
    return result;
}

}  // namespace umsadm::app
