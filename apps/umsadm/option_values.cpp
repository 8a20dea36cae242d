#include "option_values.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm::app {
namespace {

template <typename Number>
Number parse_number(const std::string& text, Number least, Number most) {
    Number value{};
    const char* const end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc{} || stop != end || value < least || value > most) {
        throw Error(Code::usage, fmt::format("{} is not a number from {} to {}", in_quotes(text), least, most));
    }
    return value;
}

template <typename T, std::size_t N>
T choose(const std::string& text, const std::array<std::pair<std::string_view, T>, N>& choices) {
    std::string names;
    for (const auto& [name, value] : choices) {
        if (name == text) return value;
        names += names.empty() ? std::string(name) : fmt::format(", {}", name);
    }
    throw Error(Code::usage, fmt::format("{} is not one of {}", in_quotes(text), names));
}

}  // namespace

void read_value(const std::string& text, std::string& target) { target = text; }

void read_value(const std::string& text, Path& target) {
    if (text.empty()) throw Error(Code::usage, "a path must not be empty");
    target = text;
}

void read_value(const std::string& text, int& target) {
    target = parse_number<int>(text, std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
}

void read_value(const std::string& text, std::uint16_t& target) {
    target = parse_number<std::uint16_t>(text, 1, std::numeric_limits<std::uint16_t>::max());
}

void read_value(const std::string& text, std::uint32_t& target) {
    target = parse_number<std::uint32_t>(text, 0, std::numeric_limits<std::uint32_t>::max());
}

void read_value(const std::string& text, SecretSource& target) { target = SecretSource::parse(text); }

void read_value(const std::string& text, KeySpec& target) { target = KeySpec::parse(text); }

void read_value(const std::string& text, CertificateType& target) {
    if (text != "end-entity" && text != "ca") {
        throw Error(Code::usage, fmt::format("{} is neither \"end-entity\" nor \"ca\"", in_quotes(text)));
    }
    target = text == "ca" ? CertificateType::intermediate : CertificateType::end_entity;
}

void read_value(const std::string& text, ProbePath& target) {
    target = choose<ProbePath, 2>(text, {{{"direct", ProbePath::direct}, {"ssh", ProbePath::ssh}}});
}

void read_value(const std::string& text, HealthRule& target) {
    target = choose<HealthRule, 3>(
        text, {{{"auto", HealthRule::automatic}, {"require", HealthRule::require}, {"off", HealthRule::off}}});
}

void read_value(const std::string& text, UmsIdStoreKind& target) {
    target = choose<UmsIdStoreKind, 2>(
        text, {{{"umsadmin-cli", UmsIdStoreKind::umsadmin_cli}, {"file", UmsIdStoreKind::file}}});
}

void read_value(const std::string& text, Labels& target) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
        throw Error(Code::usage, fmt::format("{} is not KEY=VALUE", in_quotes(text)));
    }
    const std::string key = text.substr(0, equals);
    if (!target.emplace(key, text.substr(equals + 1)).second) {
        throw Error(Code::usage, fmt::format("the label {} is given twice", in_quotes(key)));
    }
}

ValueReader into_number(std::optional<int>& target, int least, int most) {
    return {[&target, least, most](const std::string& text) { target = parse_number<int>(text, least, most); }, false};
}

ValueReader into_number(int& target, int least, int most) {
    return {[&target, least, most](const std::string& text) { target = parse_number<int>(text, least, most); }, false};
}

}  // namespace umsadm::app
