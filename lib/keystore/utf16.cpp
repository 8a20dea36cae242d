#include "lib/keystore/utf16.hpp"

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/keystore/code_points.hpp"

namespace umsadm::keystore {
namespace {

constexpr std::size_t k_longest_text = 65535;

constexpr bool is_high_surrogate(char32_t unit) noexcept { return unit >= 0xD800 && unit <= 0xDBFF; }
constexpr bool is_low_surrogate(char32_t unit) noexcept { return unit >= 0xDC00 && unit <= 0xDFFF; }

// Hands the UTF-16 units of one code point to `take`.
template <typename Take>
void for_each_unit(char32_t point, Take&& take) {
    if (point < 0x10000) {
        take(static_cast<char16_t>(point));
        return;
    }
    take(static_cast<char16_t>(0xD800 + ((point - 0x10000) >> 10)));
    take(static_cast<char16_t>(0xDC00 + ((point - 0x10000) & 0x3FF)));
}

[[noreturn]] void throw_bad_alias() {
    throw Error(Code::invalid_data, "the keystore is damaged: an alias is not valid text");
}

// One UTF-16 unit of modified UTF-8 at `at`, which moves behind it.
char32_t read_unit(ByteView bytes, std::size_t& at) {
    const auto continuation = [&]() -> char32_t {
        if (at == bytes.size() || (bytes[at] & 0xC0) != 0x80) throw_bad_alias();
        return bytes[at++] & 0x3Fu;
    };
    const char32_t lead = bytes[at++];
    if (lead < 0x80) return lead;
    if ((lead & 0xE0) == 0xC0) return ((lead & 0x1F) << 6) | continuation();
    if ((lead & 0xF0) != 0xE0) throw_bad_alias();
    const char32_t middle = continuation();
    return ((lead & 0x0F) << 12) | (middle << 6) | continuation();
}

void append_unit(Bytes& bytes, char16_t unit) {
    const auto push = [&](unsigned value) { bytes.push_back(static_cast<std::uint8_t>(value)); };
    if (unit != 0 && unit < 0x80) {
        push(unit);
    } else if (unit < 0x800) {
        push(0xC0u | (unit >> 6));
        push(0x80u | (unit & 0x3Fu));
    } else {
        push(0xE0u | (unit >> 12));
        push(0x80u | ((unit >> 6) & 0x3Fu));
        push(0x80u | (unit & 0x3Fu));
    }
}

}  // namespace

std::string from_modified_utf8(ByteView bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        char32_t point = read_unit(bytes, at);
        if (is_low_surrogate(point)) throw_bad_alias();
        if (is_high_surrogate(point)) {
            const char32_t low = at < bytes.size() ? read_unit(bytes, at) : 0;
            if (!is_low_surrogate(low)) throw_bad_alias();
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        }
        append_code_point(text, point);
    }
    return text;
}

Bytes to_modified_utf8(std::string_view text) {
    if (!is_utf8(text)) {
        throw Error(Code::failed, "the alias " + in_quotes(text) + " is not valid UTF-8");
    }
    Bytes bytes;
    for (std::size_t at = 0; at < text.size();) {
        for_each_unit(next_code_point(text, at), [&](char16_t unit) { append_unit(bytes, unit); });
    }
    if (bytes.size() > k_longest_text) {
        throw Error(Code::failed, "an alias is longer than 65535 bytes");
    }
    return bytes;
}

WipedBytes to_utf16(std::string_view text) {
    if (!is_utf8(text)) {
        throw Error(Code::invalid_data, "the keystore password is not valid UTF-8");
    }
    WipedBytes units;
    units.reserve(2 * text.size());
    for (std::size_t at = 0; at < text.size();) {
        for_each_unit(next_code_point(text, at), [&](char16_t unit) {
            units.push_back(static_cast<std::uint8_t>(unit >> 8));
            units.push_back(static_cast<std::uint8_t>(unit & 0xFF));
        });
    }
    return units;
}

}  // namespace umsadm::keystore
