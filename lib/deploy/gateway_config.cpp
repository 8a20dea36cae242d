#include "umsadm/deploy/gateway_config.hpp"

#include <charconv>
#include <map>
#include <regex>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_hint = "give --keystore and --store-password";

struct Scalar {
    std::string text;
    bool plain = false;  // not in quotes: YAML may read it as a number, a truth value or nothing
};

// Canonical key ("server.ssl.keystore") to value.
using Properties = std::map<std::string, Scalar>;

// A file of a few lines; aliases ("*a") can make a tree of any size out of it.
constexpr std::size_t k_max_values = 20'000;
constexpr int k_max_depth = 64;

class Flattener {
public:
    explicit Flattener(std::string_view file_name) : m_file(file_name) {}

    Properties flatten(const YAML::Node& document) {
        m_properties.clear();
        add(document, "", 0);
        return std::move(m_properties);
    }

private:
    // Spring's relaxed binding: letters and digits count, "key-store", "keyStore" and "KEY_STORE" are one name.
    static std::string canonical(std::string_view key) {
        std::string result = to_lower(key);
        std::erase_if(result, [](char c) { return c == '-' || c == '_'; });
        return result;
    }

    void add(const YAML::Node& node, const std::string& prefix, int depth) {
        if (++m_values > k_max_values || depth > k_max_depth) {
            throw Error(Code::invalid_data, fmt::format("{} is too deeply nested or too large", in_quotes(m_file)),
                        std::string(k_hint));
        }
        if (node.IsScalar()) {
            // yaml-cpp's tag of a scalar without one: "?" when it is plain, "!" when it is in quotes.
            add_value(prefix, Scalar{node.Scalar(), node.Tag() == "?"});
        } else if (node.IsMap()) {
            for (const auto& entry : node) {
                if (!entry.first.IsScalar()) continue;
                const std::string key = canonical(entry.first.Scalar());
                add(entry.second, prefix.empty() ? key : fmt::format("{}.{}", prefix, key), depth + 1);
            }
        }
    }

    void add_value(const std::string& key, Scalar value) {
        const auto [at, added] = m_properties.try_emplace(key, value);
        if (!added && at->second.text != value.text) {
            throw Error(
                Code::invalid_data,
                fmt::format("{} has the field {} twice, with different values", in_quotes(m_file), in_quotes(key)),
                std::string(k_hint));
        }
    }

    std::string_view m_file;
    Properties m_properties;
    std::size_t m_values = 0;
};

// Spring Boot reads further documents of a file ("---") over the first one, each only when its profile is active. The
// file is the one of the profile "prod".
bool applies(const Properties& document) {
    for (const std::string_view key : {"spring.config.activate.onprofile", "spring.profiles"}) {
        const auto at = document.find(std::string(key));
        if (at != document.end() && trim(at->second.text) != "prod") return false;
    }
    return true;
}

Properties load_properties(std::string_view file_name, std::string_view yaml) {
    std::vector<YAML::Node> documents;
    try {
        documents = YAML::LoadAll(std::string(yaml));
    } catch (const YAML::Exception& problem) {
        // Only the place: the reason that yaml-cpp gives may quote the file, and passwords stand in it.
        throw Error(Code::invalid_data,
                    fmt::format("{} is no YAML: error in line {}", in_quotes(file_name), problem.mark.line + 1),
                    std::string(k_hint));
    }
    Properties all;
    Flattener flattener(file_name);
    for (const YAML::Node& document : documents) {
        Properties properties = flattener.flatten(document);
        if (!applies(properties)) continue;
        for (auto& [key, value] : properties) all.insert_or_assign(key, std::move(value));
    }
    return all;
}

// Whether a text could be one of those below at all. Compiling their expression costs more than reading the file, and
// hardly any password gets that far.
bool looks_special(const std::string& text) {
    constexpr std::string_view k_words = " true false yes no on off null ~ ";
    constexpr std::string_view k_of_numbers = "0123456789_.:eE+-";
    const std::string lower = to_lower(text);
    if (k_words.find(fmt::format(" {} ", lower)) != std::string_view::npos) return true;
    const auto first_letter = lower.find_first_not_of("+-");
    const std::string_view number =
        std::string_view(lower).substr(first_letter == std::string::npos ? 0 : first_letter);
    return number.starts_with("0x") || number.starts_with("0b") || number.starts_with('.') ||
           number.find_first_not_of(k_of_numbers) == std::string_view::npos;
}

// YAML 1.1, as Spring reads it, makes another text of these: 0123 is 83, 1.50 is 1.5, 1e3 is 1000.0, yes is true, 1:30
// is 90.
bool changes_in_yaml(const std::string& text) {
    constexpr std::size_t k_longest_number = 100;
    if (text.size() > k_longest_number || !looks_special(text)) return false;
    static const std::regex k_same("0|[1-9][0-9]*");
    static const std::regex k_other(
        "true|false|yes|no|on|off|null|~|"
        "[-+]?(0b[01_]+|0x[0-9a-f_]+|0[0-7_]*|[1-9][0-9_]*|\\.inf|"
        "[0-9][0-9_]*(:[0-5]?[0-9])+(\\.[0-9_]*)?|"
        "[0-9][0-9_]*\\.[0-9_]*(e[-+]?[0-9]+)?|[0-9][0-9_]*e[-+]?[0-9]+|\\.[0-9][0-9_]*(e[-+]?[0-9]+)?)|\\.nan",
        std::regex::icase);
    return !std::regex_match(text, k_same) && std::regex_match(text, k_other);
}

class Reader {
public:
    Reader(std::string_view file_name, std::string_view yaml)
        : m_file(file_name), m_properties(load_properties(file_name, yaml)) {}

    // The value of `field`, as in "server.ssl.key-store"; null when it is not there or empty.
    const Scalar* find_raw(std::string_view field) const {
        std::string key(field);
        std::erase(key, '-');
        const auto at = m_properties.find(key);
        return at == m_properties.end() || at->second.text.empty() ? nullptr : &at->second;
    }

    const Scalar* find(std::string_view field) const {
        const Scalar* value = find_raw(field);
        if (value != nullptr && value->text.find("${") != std::string::npos) {
            fail(field, "is a placeholder that only the gateway can resolve");
        }
        return value;
    }

    const Scalar& require(std::string_view field) const {
        const Scalar* value = find(field);
        if (value == nullptr) fail(field, "is missing");
        return *value;
    }

    std::string path(std::string_view field, const Scalar& value) const {
        std::string_view text = value.text;
        if (text.starts_with("file:")) text.remove_prefix(5);
        while (text.starts_with("//")) text.remove_prefix(1);
        if (!text.starts_with('/') || text.find('\0') != std::string_view::npos) fail(field, "is no absolute path");
        return std::string(text);
    }

    Secret secret(std::string_view field, const Scalar& value) const {
        if (value.plain && changes_in_yaml(value.text)) {
            fail(field, "stands without quotes and is read by the gateway as a number or a truth value");
        }
        return Secret(value.text);
    }

private:
    [[noreturn]] void fail(std::string_view field, std::string_view problem) const {
        throw Error(Code::invalid_data, fmt::format("field {} in {} {}", in_quotes(field), in_quotes(m_file), problem),
                    std::string(k_hint));
    }

    std::string_view m_file;
    Properties m_properties;
};

std::optional<std::uint16_t> read_port(const Scalar* value) {
    if (value == nullptr) return std::nullopt;
    std::uint16_t port = 0;
    const char* end = value->text.data() + value->text.size();
    const auto [at, error] = std::from_chars(value->text.data(), end, port);
    if (error != std::errc() || at != end || port == 0) return std::nullopt;
    return port;
}

constexpr std::string_view k_keystore = "server.ssl.key-store";

}  // namespace

GatewayConfig read_gateway_config(std::string_view file_name, std::string_view yaml) {
    const Reader reader(file_name, yaml);
    GatewayConfig config;
    config.keystore = reader.path(k_keystore, reader.require(k_keystore));
    constexpr std::string_view k_store_password = "server.ssl.key-store-password";
    config.store_password = reader.secret(k_store_password, reader.require(k_store_password));
    constexpr std::string_view k_key_password = "server.ssl.key-password";
    if (const Scalar* value = reader.find(k_key_password)) config.key_password = reader.secret(k_key_password, *value);
    if (const Scalar* value = reader.find("server.ssl.key-alias")) config.alias = value->text;
    constexpr std::string_view k_trust_store = "server.ssl.trust-store";
    if (const Scalar* value = reader.find(k_trust_store)) config.trust_store = reader.path(k_trust_store, *value);
    config.port = read_port(reader.find_raw("server.port"));
    return config;
}

std::string read_keystore_path(std::string_view file_name, std::string_view yaml) {
    const Reader reader(file_name, yaml);
    return reader.path(k_keystore, reader.require(k_keystore));
}

}  // namespace umsadm
