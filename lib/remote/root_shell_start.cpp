#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/root_shell.hpp"

namespace umsadm::remote {
namespace {

// What a login shell may print before our command runs ("noisy .bashrc").
constexpr std::size_t k_most_noise = 256U * 1024;
constexpr std::size_t k_shown_text = 300;

struct Answer {
    enum class Kind { started, wrong_password, no_password_given, ended };
    Kind kind;
    int prompts;
    std::string asked_user;  // whose password sudo asks for
    std::string text;        // everything that was printed
};

bool says(std::string_view text, std::string_view words) { return text.find(words) != std::string_view::npos; }

// Counts the questions of sudo, and finds out whose password they want.
int count_prompts(std::string_view text, std::string_view token, std::string& asked_user) {
    int count = 0;
    for (auto at = text.find(token); at != std::string_view::npos; at = text.find(token, at + 1)) {
        const auto name = text.substr(at + token.size());
        const auto end = name.find(':');
        if (end == std::string_view::npos) break;  // the rest of it is still on its way
        asked_user = name.substr(0, end);
        ++count;
    }
    return count;
}

Secret as_line(const Secret& password) {
    std::string line = fmt::format("{}\n", password.reveal());
    Secret result{std::string_view(line)};
    wipe_memory(line.data(), line.size());
    return result;
}

// Talks to the host until the root shell is there or will not come. The password is only sent when sudo asks for it,
// for otherwise it would become input of the shell.
Answer listen(ByteChannel& channel, const ShellTokens& tokens, const RootShellStart& start, const Deadline& deadline) {
    const Secret* const password = start.sudo_password;
    Bytes out;
    Bytes err;
    Answer answer{Answer::Kind::ended, 0, {}, {}};
    Secret line;
    ByteView input;
    while (true) {
        const auto moved = channel.exchange(input, out, err, deadline);
        input = input.subspan(moved.written);
        if (says(as_text(out), tokens.start + '\n')) {
            answer.kind = Answer::Kind::started;
            return answer;
        }
        const int prompts = count_prompts(as_text(err), tokens.prompt, answer.asked_user);
        if (prompts > 1) answer.kind = Answer::Kind::wrong_password;
        if (prompts == 1 && password == nullptr) answer.kind = Answer::Kind::no_password_given;
        if (prompts == 1 && answer.prompts == 0 && password != nullptr) {
            if (start.before_password) start.before_password();
            line = as_line(*password);
            input = line.reveal_bytes();
        }
        answer.prompts = prompts;
        if (answer.kind != Answer::Kind::ended || moved.ended) {
            answer.text = fmt::format("{}\n{}", as_text(err), as_text(out));
            return answer;
        }
        if (out.size() + err.size() > k_most_noise) {
            throw Error(Code::login_refused, "the login shell prints without end",
                        "look at the start-up files of its user");
        }
    }
}

// The last lines tell the reason; what comes before may be a banner or the lecture of sudo.
std::string shown(std::string_view text) {
    std::string result;
    for (const std::string& line : split(trim(text), '\n')) {
        if (trim(line).empty()) continue;
        result += (result.empty() ? "" : "; ") + printable(trim(line));
    }
    if (result.empty()) return "it said nothing";
    if (result.size() > k_shown_text) result = "..." + result.substr(result.size() - k_shown_text);
    return is_utf8(result) ? result : printable(result);
}

Error refused(std::string message, std::string hint = {}) {
    return Error(Code::login_refused, std::move(message), std::move(hint));
}

Error wrong_password(const std::string& host, const std::string& asked_user) {
    return refused(fmt::format("wrong sudo password: sudo on {} wants the password of {}", host, in_quotes(asked_user)),
                   "give it with --sudo-password; it is tried once only, so that nothing gets locked");
}

bool is_expired(std::string_view text) {
    return says(text, "password has expired") || says(text, "Password change required") ||
           says(text, "required to change your password") || says(text, "password expired");
}

Error why_it_ended(const std::string& host, const Answer& answer) {
    const std::string_view text = answer.text;
    if (is_expired(text)) {
        return refused(fmt::format("the password of the login to {} has expired", host),
                       "log in by hand and change it");
    }
    if (says(text, "incorrect password attempt")) return wrong_password(host, answer.asked_user);
    if (says(text, "is not in the sudoers file") || says(text, "is not allowed to execute") ||
        says(text, "may not run sudo")) {
        return refused(fmt::format("the login to {} is not allowed to become root with sudo", host),
                       "allow it to run /bin/sh as root in the sudoers file, or log in as another user");
    }
    if (says(text, "must have a tty")) {
        return refused(
            fmt::format("sudo on {} needs a terminal, and there is no \"script\" to give it one", host),
            "install \"script\" (util-linux) there, or put \"Defaults:USER !requiretty\" into the sudoers file");
    }
    if (says(text, "sudo: not found") || says(text, "sudo: command not found")) {
        return refused(fmt::format("{} has no sudo, and the login is not root", host),
                       "install sudo there or log in as root");
    }
    if (says(text, "sudo: ")) return refused(fmt::format("sudo on {} refused: {}", host, shown(text)));
    return refused(fmt::format("the login shell on {} ended before it ran a command: {}", host, shown(text)),
                   "the login needs a normal shell");
}

Error why_not(const std::string& host, const Answer& answer) {
    switch (answer.kind) {
        case Answer::Kind::wrong_password: return wrong_password(host, answer.asked_user);
        case Answer::Kind::no_password_given:
            return refused(fmt::format("sudo on {} asks for the password of {}, and none was given", host,
                                       in_quotes(answer.asked_user)),
                           "give it with --sudo-password, or allow the user to run /bin/sh without one (NOPASSWD)");
        default: return why_it_ended(host, answer);
    }
}

}  // namespace

RootShell start_root_shell(const RootShellStart& start, const Deadline& deadline) {
    if (start.sudo_password != nullptr && says(start.sudo_password->reveal(), "\n")) {
        throw Error(Code::usage, "the sudo password holds a line break");
    }
    const ShellTokens tokens = ShellTokens::make();
    std::unique_ptr<ByteChannel> channel;
    const auto open_and_listen = [&](Terminal terminal) {
        channel.reset();  // first, for the server may allow one session only
        channel = start.open(tokens, terminal);
        try {
            return listen(*channel, tokens, start, deadline);
        } catch (...) {
            channel->abandon();
            throw;
        }
    };
    Answer answer = open_and_listen(Terminal::none);
    if (answer.kind == Answer::Kind::ended && says(answer.text, "must have a tty")) {
        answer = open_and_listen(Terminal::needed);
    }
    if (answer.kind == Answer::Kind::started) return RootShell(std::move(channel), tokens.end, start.host);
    channel->abandon();
    throw why_not(start.host, answer);
}

}  // namespace umsadm::remote
