#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/file.hpp"
#include "umsadm/base/secret_source.hpp"
#include "umsadm/crypto/issue.hpp"
#include "umsadm/crypto/key_spec.hpp"
#include "umsadm/registry/gateway.hpp"
#include "umsadm/registry/login.hpp"
#include "umsadm/registry/server.hpp"

namespace umsadm::app {

// What reads the text of an option or argument into an options struct. It throws Code::usage for a text that it does
// not take; the frame names the option. `repeatable`: it may be given several times.
struct ValueReader {
    std::function<void(const std::string&)> read;
    bool repeatable = false;
};

using Labels = std::map<std::string, std::string>;

void read_value(const std::string& text, std::string& target);
void read_value(const std::string& text, Path& target);  // not empty
void read_value(const std::string& text, int& target);
void read_value(const std::string& text, std::uint16_t& target);
void read_value(const std::string& text, std::uint32_t& target);
void read_value(const std::string& text, SecretSource& target);
void read_value(const std::string& text, KeySpec& target);
void read_value(const std::string& text, CertificateType& target);  // "end-entity", "ca": what is signed
void read_value(const std::string& text, ProbePath& target);        // "direct", "ssh"
void read_value(const std::string& text, HealthRule& target);       // "auto", "require", "off"
void read_value(const std::string& text, UmsIdStoreKind& target);   // "umsadmin-cli", "file"
void read_value(const std::string& text, Labels& target);           // one more: "KEY=VALUE"

template <typename T>
void read_value(const std::string& text, std::optional<T>& target) {
    T value{};
    read_value(text, value);
    target = std::move(value);
}

// `target` has to live as long as the command.
template <typename T>
ValueReader into(T& target) {
    return {[&target](const std::string& text) { read_value(text, target); }, false};
}

template <typename T>
ValueReader into(std::vector<T>& target) {
    return {[&target](const std::string& text) {
                T value{};
                read_value(text, value);
                target.push_back(std::move(value));
            },
            true};
}

inline ValueReader into(Labels& target) {
    return {[&target](const std::string& text) { read_value(text, target); }, true};
}

// A whole number from `least` to `most`.
ValueReader into_number(std::optional<int>& target, int least, int most);
ValueReader into_number(int& target, int least, int most);

}  // namespace umsadm::app
