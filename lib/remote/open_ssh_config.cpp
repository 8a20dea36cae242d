#include "umsadm/remote/open_ssh_config.hpp"

#include <charconv>
#include <map>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/local_process.hpp"

namespace umsadm {
namespace {

// 81 lines of OpenSSH 9.2 are 6 KiB. A configuration may name many keys.
constexpr std::size_t k_most_output = 1024U * 1024;

using Values = std::map<std::string, std::vector<std::string>, std::less<>>;

Values parse(std::string_view text) {
    Values values;
    for (const std::string& line : split(text, '\n')) {
        const auto blank = line.find(' ');
        if (blank != std::string::npos) values[line.substr(0, blank)].emplace_back(trim(line.substr(blank + 1)));
    }
    return values;
}

// The two sides by side.
class Difference {
public:
    Difference(std::string_view configured, std::string_view defaults)
        : m_configured(parse(configured)), m_defaults(parse(defaults)) {}

    // The values of a keyword that may stand several times.
    std::vector<std::string> list(std::string_view keyword) const {
        const auto found = m_configured.find(keyword);
        if (found == m_configured.end()) return {};
        const auto usual = m_defaults.find(keyword);
        if (usual != m_defaults.end() && usual->second == found->second) return {};
        return found->second;
    }

    std::optional<std::string> text(std::string_view keyword) const {
        const auto values = list(keyword);
        if (values.empty() || values.front().empty()) return std::nullopt;
        return values.front();
    }

    // Several values on one line.
    std::vector<std::string> words(std::string_view keyword) const {
        std::vector<std::string> result;
        for (std::string& word : split(text(keyword).value_or(""), ' ')) {
            if (!word.empty()) result.push_back(std::move(word));
        }
        return result;
    }

private:
    Values m_configured;
    Values m_defaults;
};

// The lines of an error message as one.
std::string on_one_line(ByteView text) {
    std::string joined;
    for (const std::string& line : split(as_text(text), '\n')) {
        const std::string_view words = trim(line);
        if (!words.empty()) joined += (joined.empty() ? "" : "; ") + printable(words);
    }
    return joined;
}

std::optional<std::uint16_t> port_of(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    std::uint16_t port = 0;
    const auto problem = std::from_chars(text->data(), text->data() + text->size(), port).ec;
    return problem == std::errc() ? std::optional(port) : std::nullopt;
}

std::optional<std::string> unless_none(std::optional<std::string> text) {
    if (text && to_lower(*text) == "none") return std::nullopt;
    return text;
}

std::vector<std::string> arguments_of(const OpenSshQuestion& question) {
    std::vector<std::string> arguments{question.program, "-G"};
    const auto add = [&](const char* option, const std::string& value) {
        arguments.emplace_back(option);
        arguments.push_back(value);
    };
    if (question.file) add("-F", *question.file);
    if (question.user) add("-l", *question.user);
    if (question.port) add("-p", std::to_string(*question.port));
    add("--", question.host);
    return arguments;
}

}  // namespace

std::string ask_open_ssh(const OpenSshQuestion& question, const Deadline& deadline) {
    if (question.host.empty() || question.host.starts_with('-') || has_control_characters(question.host)) {
        throw Error(Code::usage, fmt::format("{} is not the name of a host", in_quotes(question.host)));
    }
    const auto process = remote::start_process(arguments_of(question),
                                               {.environment = question.environment, .ends_when_given_up = true});
    Bytes out;
    Bytes err;
    try {
        while (!process->exchange({}, out, err, deadline).ended) {
            if (out.size() + err.size() > k_most_output) throw Error(Code::failed, "\"ssh -G\" prints without end");
        }
    } catch (const Error& error) {
        process->abandon();
        if (error.code() != Code::unreachable) throw;
        throw Error(Code::failed, "\"ssh -G\" did not end in time");
    }
    std::string text(as_text(out));
    // A configuration that it cannot read makes it print nothing but the reason.
    if (parse(text).contains("hostname")) return text;
    throw Error(Code::failed,
                fmt::format("\"ssh -G\" cannot say how to reach {}: {}", in_quotes(question.host), on_one_line(err)));
}

OpenSshConfig read_open_ssh_config(std::string_view configured, std::string_view defaults, std::string_view host) {
    const Difference difference(configured, defaults);
    OpenSshConfig config;
    config.host_name = difference.text("hostname");
    if (config.host_name && to_lower(*config.host_name) == to_lower(host)) config.host_name.reset();
    config.port = port_of(difference.text("port"));
    config.user = difference.text("user");
    config.identity_files = difference.list("identityfile");
    if (const auto only = difference.text("identitiesonly")) config.identities_only = *only == "yes";
    config.identity_agent = difference.text("identityagent");
    config.user_known_hosts = difference.words("userknownhostsfile");
    config.global_known_hosts = difference.words("globalknownhostsfile");
    config.host_key_alias = unless_none(difference.text("hostkeyalias"));
    config.proxy_jump = difference.text("proxyjump");
    config.proxy_command = unless_none(difference.text("proxycommand"));
    config.certificates = difference.list("certificatefile");
    return config;
}

}  // namespace umsadm
