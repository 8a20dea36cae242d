#include "ssh_configs.hpp"

#include <array>
#include <chrono>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "login.hpp"
#include "ssh_config_files.hpp"

namespace umsadm::app {
namespace {

// 11 ms, but for what a "Match exec" runs.
constexpr std::chrono::seconds k_patience{10};

// What a configuration may ask for. No more: a variable of ours may hold a secret.
constexpr std::array<const char*, 7> k_variables{"HOME",  "USER",          "LOGNAME",        "PATH",
                                                 "SHELL", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"};

std::string variable(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    return value == nullptr ? std::string() : std::string(value);
}

std::vector<std::string> environment() {
    std::vector<std::string> result{"LC_ALL=C"};
    for (const char* const name : k_variables) {
        if (std::getenv(name) != nullptr) result.push_back(fmt::format("{}={}", name, variable(name)));
    }
    return result;
}

std::string host_name_of_this_machine() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string();
}

std::string token(char letter, const PathTokens& tokens) {
    switch (letter) {
        case 'h': return tokens.host;
        case 'n': return tokens.original;
        case 'p': return std::to_string(tokens.port);
        case 'r': return tokens.user;
        case 'u': return ssh_user({});
        case 'd': return home_of_user().string();
        case 'i': return std::to_string(::geteuid());
        case 'l': return host_name_of_this_machine();
        case '%': return "%";
        default: return {'%', letter};
    }
}

}  // namespace

OpenSshConfig SshConfigs::about(const Question& question, Output& out, const Cancellation& cancellation) {
    std::promise<OpenSshConfig> answer;
    std::shared_future<OpenSshConfig> known;
    {
        const std::lock_guard lock(m_mutex);
        const auto [entry, is_new] = m_known.try_emplace(question);
        if (!is_new) {
            known = entry->second;
        } else {
            entry->second = answer.get_future().share();
        }
    }
    if (known.valid()) return known.get();  // ask() ends in time, whoever asks
    try {
        OpenSshConfig config = ask(question, out, cancellation);
        answer.set_value(config);
        return config;
    } catch (...) {
        answer.set_exception(std::current_exception());
        // Who asks later may be luckier: the user may have interrupted this one.
        const std::lock_guard lock(m_mutex);
        m_known.erase(question);
        throw;
    }
}

OpenSshConfig SshConfigs::ask(const Question& question, Output& out, const Cancellation& cancellation) {
    if (!open_ssh_is_configured()) return {};
    const auto program = find_ssh_program();
    if (!program) {
        out.verbose("there is a configuration of OpenSSH, but no program ssh to read it with");
        return {};
    }
    const OpenSshQuestion asked{*program, question.host, question.user, question.port, environment(), std::nullopt};
    const Deadline deadline = Deadline::in(k_patience, &cancellation);
    try {
        const std::string configured = ask_open_ssh(asked, deadline);
        return read_open_ssh_config(configured, defaults(asked, deadline), question.host);
    } catch (Error& error) {
        if (error.code() == Code::failed) error.set_hint("--no-ssh-config leaves the configuration of OpenSSH alone");
        throw;
    }
}

const std::string& SshConfigs::defaults(const OpenSshQuestion& question, const Deadline& deadline) {
    std::call_once(m_defaults_asked, [&] {
        OpenSshQuestion usual = question;
        usual.host = "localhost";
        usual.user.reset();
        usual.port.reset();
        usual.file = "none";
        m_defaults = ask_open_ssh(usual, deadline);
    });
    return m_defaults;
}

std::string with_tokens(const std::string& text, const PathTokens& tokens) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto brace = text.find('}', i);
        if (i == 0 && text.starts_with("~/")) {
            result += home_of_user().string();
        } else if (text[i] == '%' && i + 1 < text.size()) {
            result += token(text[++i], tokens);
        } else if (text.compare(i, 2, "${") == 0 && brace != std::string::npos) {
            result += variable(text.substr(i + 2, brace - i - 2));
            i = brace;
        } else {
            result += text[i];
        }
    }
    return result;
}

}  // namespace umsadm::app
