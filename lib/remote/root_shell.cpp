#include "lib/remote/root_shell.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "lib/remote/framed_output.hpp"

namespace umsadm::remote {
namespace {

// The kernel takes 128 KiB as one argument.
constexpr std::size_t k_longest_script = 100U * 1024;
constexpr std::size_t k_kept_error_output = 64U * 1024;
constexpr std::chrono::seconds k_lock_timeout{30};
constexpr int k_lock_is_held = 1;
constexpr int k_no_such_command = 127;

std::string script_text(const Command& command) {
    std::string text = "set -eu\nset --";
    for (const std::string& arg : command.args) text += ' ' + shell_quoted(arg);
    text += '\n' + command.script;
    // The shell drops line breaks at the end of what it reads, and compares the length.
    while (text.ends_with('\n')) text.pop_back();
    if (text.find('\0') != std::string::npos) throw Error(Code::failed, "a script holds a NUL character");
    if (text.size() > k_longest_script) throw Error(Code::failed, "a script is too long for a shell");
    return text;
}

// Behind the slash "." keeps everything but a folder out.
std::string lock_text(const std::string& path) {
    const std::string folder = path + "/.";
    return fmt::format("lock {} -\n{}", folder.size(), folder);
}

Error cannot_lock(const std::string& path, const std::string& host, const CommandResult& result) {
    if (result.exit_status == k_no_such_command) {
        return Error(Code::failed, fmt::format("cannot lock {}: {} has no flock", in_quotes(path), host),
                     "install the package \"util-linux\" there");
    }
    return Error(Code::failed,
                 fmt::format("cannot lock {} on {}: {}", in_quotes(path), host, printable(trim(result.err))));
}

bool can_be_locked(const std::string& path) { return path.starts_with('/') && !has_control_characters(path); }

// What comes on one of the two streams: an answer to each message, in their order.
class Answers {
public:
    explicit Answers(std::string token) : m_token(std::move(token)) {}

    void expect(std::size_t at_most) { m_answers.emplace_back(m_token, at_most); }

    Bytes& arrived() noexcept { return m_answers[std::min(m_count, m_answers.size() - 1)].arrived(); }
    void advance() {
        while (!complete()) {
            FramedOutput& answer = m_answers[m_count];
            answer.advance();
            if (!answer.complete()) return;
            ++m_count;
            if (!complete()) arrived() = answer.take_rest();
        }
    }

    std::size_t count() const noexcept { return m_count; }
    bool complete() const noexcept { return m_count == m_answers.size(); }
    FramedOutput& operator[](std::size_t index) { return m_answers[index]; }

private:
    std::string m_token;
    std::vector<FramedOutput> m_answers;
    std::size_t m_count = 0;  // that are complete
};

// How long each answer took.
class Stopwatch {
public:
    void note(std::size_t answers) {
        while (m_took.size() < answers) {
            m_took.push_back(m_left - m_clock.remaining());
            m_left = m_clock.remaining();
        }
    }
    std::chrono::milliseconds took(std::size_t answer) const { return m_took[answer]; }

private:
    Deadline m_clock = Deadline::in(std::chrono::hours(24));
    std::chrono::milliseconds m_left = m_clock.remaining();
    std::vector<std::chrono::milliseconds> m_took;
};

}  // namespace

std::vector<CommandResult> RootShell::converse(std::span<const Message> messages, const Deadline& deadline) {
    if (!m_usable) throw Error(Code::unreachable, fmt::format("the connection to {} was given up", m_host));
    m_usable = false;
    const std::string greeting = m_greeted ? "" : m_end_token + '\n';
    m_greeted = true;
    std::vector<ByteView> unsent{as_bytes(greeting)};
    Answers out(m_end_token);
    Answers err(m_end_token);
    for (const Message& message : messages) {
        unsent.push_back(as_bytes(message.head));
        unsent.push_back(message.input);
        out.expect(message.max_output);
        err.expect(k_kept_error_output);
    }
    Stopwatch stopwatch;
    try {
        for (std::size_t next = 0; !(out.complete() && err.complete());) {
            while (next + 1 < unsent.size() && unsent[next].empty()) ++next;
            const auto moved = m_channel->exchange(unsent[next], out.arrived(), err.arrived(), deadline);
            unsent[next] = unsent[next].subspan(moved.written);
            out.advance();
            err.advance();
            stopwatch.note(std::min(out.count(), err.count()));
            if (moved.ended && !(out.complete() && err.complete())) {
                throw Error(Code::unreachable,
                            fmt::format("the connection to {} was lost while a command ran", m_host));
            }
        }
    } catch (...) {
        m_channel->abandon();
        throw;
    }
    m_usable = true;
    std::vector<CommandResult> results;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (out[i].overflowed()) {
            throw Error(Code::failed,
                        fmt::format("a command on {} printed more than {} bytes", m_host, messages[i].max_output));
        }
        const Bytes error_text = err[i].take();
        results.push_back({out[i].status(), out[i].take(), std::string(as_text(error_text)), stopwatch.took(i)});
    }
    return results;
}

std::vector<CommandResult> RootShell::run_in_turn(std::span<const Command> commands, const Cancellation* cancellation) {
    std::vector<Message> messages;
    std::chrono::seconds timeout{0};
    const std::string to_lock = commands.empty() ? "" : commands.front().try_lock;
    const bool locks = can_be_locked(to_lock) && m_locked_folder.empty() && m_tried_folder.empty();
    if (locks) messages.push_back({.head = lock_text(to_lock), .max_output = k_kept_error_output});
    for (const Command& command : commands) {
        const std::string text = script_text(command);
        const std::string_view verb = &command == &commands.front() ? "run" : "then";
        messages.push_back({fmt::format("{} {} {}\n{}", verb, text.size(), command.input.size(), text), command.input,
                            command.max_output});
        timeout += command.timeout;
    }
    std::vector<CommandResult> results = converse(messages, Deadline::in(timeout, cancellation));
    if (locks) {
        if (results.front().exit_status == 0) m_tried_folder = to_lock;
        results.erase(results.begin());
    }
    const auto failed = std::find_if(results.begin(), results.end(),
                                     [](const CommandResult& result) { return result.exit_status != 0; });
    if (failed != results.end()) results.erase(failed + 1, results.end());
    return results;
}

bool RootShell::lock_folder(const std::string& path, const Cancellation* cancellation) {
    if (path == m_locked_folder) return true;
    if (!m_locked_folder.empty()) {
        throw Error(Code::failed, fmt::format("the folder {} is locked already, and there is one lock for a connection",
                                              in_quotes(m_locked_folder)));
    }
    if (!can_be_locked(path)) {
        throw Error(Code::failed, fmt::format("cannot lock {}: no absolute path", in_quotes(path)));
    }
    if (path != std::exchange(m_tried_folder, "")) {
        const Message message{.head = lock_text(path), .max_output = k_kept_error_output};
        const CommandResult result = converse({&message, 1}, Deadline::in(k_lock_timeout, cancellation)).front();
        if (result.exit_status == k_lock_is_held && result.err.empty()) return false;
        if (result.exit_status != 0) throw cannot_lock(path, m_host, result);
    }
    m_locked_folder = path;
    return true;
}

}  // namespace umsadm::remote
