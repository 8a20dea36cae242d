#include "umsadm/keystore/java_version.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

// "11.0.12": 11, 0, 12. "8u292" and "1.8.0_292": 8, 0, 292.
using Version = std::array<int, 3>;

// HmacPBESHA256 came with Java 12, and into the older lines with these updates (JDK-8267701). What they read before
// has the integrity of HMAC-SHA1 and the encryption of 3DES.
constexpr std::array<Version, 3> k_first_modern_updates{{{7, 0, 311}, {8, 0, 301}, {11, 0, 12}}};
constexpr int k_first_modern_line = 12;

// The number at the start of `text`, which is cut off.
std::optional<int> take_number(std::string_view& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

// One of `separators` and a number after it; 0 when the text ends here. Nothing when something else follows.
std::optional<int> take_part(std::string_view& text, std::string_view separators) {
    if (text.empty()) return 0;
    if (separators.find(text.front()) == std::string_view::npos) return std::nullopt;
    text.remove_prefix(1);
    return take_number(text);
}

std::optional<Version> parse(std::string_view text) {
    // Up to Java 8 the version was called "1.8".
    if (text.starts_with("1.")) text.remove_prefix(2);
    const auto line = take_number(text);
    if (!line || *line == 0) return std::nullopt;
    const bool has_update = text.starts_with('u');
    const auto minor = has_update ? 0 : take_part(text, ".");
    const auto update = minor ? take_part(text, has_update ? "u" : "._") : std::nullopt;
    // A build number says nothing about what it can do: "17.0.9+9", "8u292-b10", "17.0.8.1".
    const bool ends = text.empty() || text.front() == '+' || text.front() == '-' || text.front() == '.';
    if (!update || !ends) return std::nullopt;
    return Version{*line, *minor, *update};
}

}  // namespace

Pkcs12Profile pkcs12_profile_for_java(std::string_view version) {
    const auto parsed = parse(version);
    if (!parsed) {
        throw Error(Code::usage, fmt::format("{} is no version of Java", in_quotes(version)),
                    "write it as \"java -version\" tells it: 8u292, 11.0.12 or 17");
    }
    if (parsed->front() >= k_first_modern_line) return Pkcs12Profile::modern;
    const bool updated =
        std::any_of(k_first_modern_updates.begin(), k_first_modern_updates.end(),
                    [&](const Version& first) { return first.front() == parsed->front() && *parsed >= first; });
    return updated ? Pkcs12Profile::modern : Pkcs12Profile::compatible;
}

}  // namespace umsadm
