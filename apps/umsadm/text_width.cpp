#include "text_width.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace umsadm::app {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Blocks of Unicode that matter in names; not the whole of UAX #11.
constexpr std::array<Range, 6> k_no_width{
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 8> k_double_width{{{0x1100, 0x115F},
                                               {0x2E80, 0xA4CF},
                                               {0xAC00, 0xD7A3},
                                               {0xF900, 0xFAFF},
                                               {0xFE30, 0xFE6F},
                                               {0xFF00, 0xFF60},
                                               {0x1F300, 0x1FAFF},
                                               {0x20000, 0x3FFFD}}};

template <std::size_t N>
bool contains(const std::array<Range, N>& ranges, char32_t c) noexcept {
    return std::any_of(ranges.begin(), ranges.end(), [c](const Range& r) { return c >= r.first && c <= r.last; });
}

std::size_t sequence_length(std::string_view text, std::size_t at) noexcept {
    constexpr std::size_t k_longest = 4;
    const std::size_t rest = std::min(text.size() - at, k_longest);
    std::size_t length = 1;
    while (length < rest && (static_cast<std::uint8_t>(text[at + length]) & 0xC0U) == 0x80U) ++length;
    return length;
}

char32_t code_point(std::string_view sequence) noexcept {
    const auto first = static_cast<std::uint8_t>(sequence[0]);
    if (sequence.size() == 1) return first;
    char32_t value = first & (0x7FU >> sequence.size());
    for (const char c : sequence.substr(1)) value = (value << 6U) | (static_cast<std::uint8_t>(c) & 0x3FU);
    return value;
}

std::size_t width_of(std::string_view sequence) noexcept {
    const char32_t c = code_point(sequence);
    if (contains(k_no_width, c)) return 0;
    return contains(k_double_width, c) ? 2 : 1;
}

}  // namespace

std::size_t text_width(std::string_view text) noexcept {
    std::size_t width = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t length = sequence_length(text, at);
        width += width_of(text.substr(at, length));
        at += length;
    }
    return width;
}

std::string shortened(std::string_view text, std::size_t width) {
    constexpr std::string_view k_dots = "...";
    if (text_width(text) <= width) return std::string(text);
    if (width <= k_dots.size()) return std::string(k_dots.substr(0, width));
    std::size_t taken = 0;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = sequence_length(text, at);
        const std::size_t next = width_of(text.substr(at, length));
        if (taken + next > width - k_dots.size()) break;
        taken += next;
        at += length;
    }
    return std::string(text.substr(0, at)) + std::string(k_dots);
}

}  // namespace umsadm::app
