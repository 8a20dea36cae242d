#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/base/secret_source.hpp"

namespace umsadm::app {

// Reads secrets from where the user said they are, each source once per run: a descriptor can be read only once, and
// nobody wants to answer twice. May be called from several threads: they take turns, so one question at a time is
// asked.
class SecretReader {
public:
    using Warn = std::function<void(std::string_view)>;

    SecretReader(const Cancellation& cancellation, Warn warn) : m_cancellation(cancellation), m_warn(std::move(warn)) {}

    // `what` names the secret in questions and messages: "password of the keystore". Questions for different things are
    // different questions, unless the source names what is asked for. The reference is valid as long as this object.
    // Throws Code::not_found, Code::failed, Code::invalid_data (empty, too long) or Code::needs_answer.
    const Secret& read(const SecretSource& source, std::string_view what);

    // The same for an option that may be absent: a null pointer then.
    const Secret* read(const std::optional<SecretSource>& source, std::string_view what);

private:
    Secret fetch(const SecretSource& source, std::string_view what) const;
    Secret read_file_line(const std::string& path, std::string_view what) const;

    const Cancellation& m_cancellation;
    Warn m_warn;
    std::mutex m_turn;
    std::map<std::string, Secret> m_known;  // references into it stay valid while it grows
};

}  // namespace umsadm::app
