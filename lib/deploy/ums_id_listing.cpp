#include "lib/deploy/ums_id_listing.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "umsadm/base/encoding.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr std::size_t k_hex_digits = 2 * Fingerprint::k_size;
constexpr std::size_t k_base64_digits = 43;  // of 32 bytes, without the one "="

// The locale plays no part in what a program printed.
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_base64(char c) { return is_digit(c) || is_letter(c) || c == '+' || c == '/'; }
// A number or name that goes on is not the one that is looked for.
bool is_of_word(char c) { return is_base64(c) || c == '_'; }
bool is_separator(char c) { return c == ':' || c == '-' || c == '.' || c == ' '; }

struct Found {
    Fingerprint fingerprint;
    std::size_t end = 0;
};

std::optional<Fingerprint> from_bytes(const std::optional<Bytes>& bytes) {
    if (!bytes || bytes->size() != Fingerprint::k_size) return std::nullopt;
    std::array<std::uint8_t, Fingerprint::k_size> raw{};
    std::copy(bytes->begin(), bytes->end(), raw.begin());
    return Fingerprint(raw);
}

std::size_t end_of_word(std::string_view text, std::size_t at) {
    while (at < text.size() && is_of_word(text[at])) ++at;
    return at;
}

// Pairs of hex digits and nothing else.
bool is_hex_group(std::string_view word) {
    return !word.empty() && word.size() % 2 == 0 && std::all_of(word.begin(), word.end(), is_hex);
}

// Whether the word that begins at `at` goes on what stands before it, joined by `separator`.
bool is_continued(std::string_view text, std::size_t at, char separator) {
    if (at < 2 || text[at - 1] != separator) return false;
    std::size_t begin = at - 1;
    while (begin > 0 && is_of_word(text[begin - 1])) --begin;
    return is_hex_group(text.substr(begin, at - 1 - begin));
}

// Groups of hex digits from `at`, the start of a word, as far as the same separator joins them.
std::optional<Found> hex_at(std::string_view text, std::size_t at) {
    std::size_t end = end_of_word(text, at);
    std::string digits(text.substr(at, end - at));
    if (!is_hex_group(digits) || digits.size() > k_hex_digits) return std::nullopt;
    if (digits.size() < k_hex_digits) {
        const char separator = end < text.size() ? text[end] : '\0';
        if (!is_separator(separator) || is_continued(text, at, separator)) return std::nullopt;
        while (end < text.size() && text[end] == separator) {
            const std::size_t next = end_of_word(text, end + 1);
            const std::string_view group = text.substr(end + 1, next - end - 1);
            if (!is_hex_group(group)) break;
            digits += group;
            end = next;
        }
    }
    if (digits.size() != k_hex_digits) return std::nullopt;
    const auto fingerprint = from_bytes(hex_decode(digits));
    if (!fingerprint) return std::nullopt;
    return Found{*fingerprint, end};
}

bool follows_algorithm(std::string_view text, std::size_t at) {
    constexpr std::string_view k_algorithm = "sha256:";
    return at >= k_algorithm.size() &&
           to_lower(text.substr(at - k_algorithm.size(), k_algorithm.size())) == k_algorithm;
}

std::optional<Found> base64_at(std::string_view text, std::size_t at) {
    const std::size_t end = end_of_word(text, at);
    std::string word(text.substr(at, end - at));
    const bool is_padded = text.substr(end, 1) == "=" && end_of_word(text, end + 1) == end + 1;
    if (word.size() != k_base64_digits || !(is_padded || follows_algorithm(text, at))) return std::nullopt;
    word += '=';
    const auto fingerprint = from_bytes(base64_decode(word));
    if (!fingerprint) return std::nullopt;
    return Found{*fingerprint, end};
}

}  // namespace

std::vector<Fingerprint> find_fingerprints(std::string_view listing) {
    std::vector<Fingerprint> found;
    for (std::size_t at = 0; at < listing.size();) {
        if (!is_of_word(listing[at])) {
            ++at;
            continue;
        }
        auto one = hex_at(listing, at);
        if (!one) one = base64_at(listing, at);
        if (one && std::find(found.begin(), found.end(), one->fingerprint) == found.end()) {
            found.push_back(one->fingerprint);
        }
        at = one ? one->end : end_of_word(listing, at);
    }
    return found;
}

}  // namespace umsadm
