#include "lib/remote/root_shell.hpp"

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

}  // namespace

CommandResult RootShell::send(std::string_view head, ByteView input, std::size_t max_output, const Deadline& deadline) {
    if (!m_usable) throw Error(Code::unreachable, fmt::format("the connection to {} was given up", m_host));
    m_usable = false;
    const std::string message = m_greeted ? std::string(head) : fmt::format("{}\n{}", m_end_token, head);
    m_greeted = true;
    FramedOutput out(m_end_token, max_output);
    FramedOutput err(m_end_token, k_kept_error_output);
    ByteView first = as_bytes(message);
    try {
        while (!out.complete() || !err.complete()) {
            ByteView& next = first.empty() ? input : first;
            const auto moved = m_channel->exchange(next, out.arrived(), err.arrived(), deadline);
            next = next.subspan(moved.written);
            out.advance();
            err.advance();
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
    if (out.overflowed()) {
        throw Error(Code::failed, fmt::format("a command on {} printed more than {} bytes", m_host, max_output));
    }
    CommandResult result;
    result.exit_status = out.status();
    result.out = out.take();
    const Bytes error_text = err.take();
    result.err = as_text(error_text);
    return result;
}

CommandResult RootShell::run(const Command& command, const Cancellation* cancellation) {
    const std::string text = script_text(command);
    const Deadline deadline = Deadline::in(command.timeout, cancellation);
    const std::string head = fmt::format("run {} {}\n{}", text.size(), command.input.size(), text);
    return send(head, command.input, command.max_output, deadline);
}

bool RootShell::lock_folder(const std::string& path, const Cancellation* cancellation) {
    if (path == m_locked_folder) return true;
    if (!m_locked_folder.empty()) {
        throw Error(Code::failed, fmt::format("the folder {} is locked already, and there is one lock for a connection",
                                              in_quotes(m_locked_folder)));
    }
    if (!path.starts_with('/') || has_control_characters(path)) {
        throw Error(Code::failed, fmt::format("cannot lock {}: no absolute path", in_quotes(path)));
    }
    const Deadline deadline = Deadline::in(k_lock_timeout, cancellation);
    // Behind the slash "." keeps everything but a folder out.
    const std::string folder = path + "/.";
    const CommandResult result =
        send(fmt::format("lock {} -\n{}", folder.size(), folder), {}, k_kept_error_output, deadline);
    if (result.exit_status == 0) {
        m_locked_folder = path;
        return true;
    }
    if (result.exit_status == k_lock_is_held && result.err.empty()) return false;
    if (result.exit_status == k_no_such_command) {
        throw Error(Code::failed, fmt::format("cannot lock {}: {} has no flock", in_quotes(path), m_host),
                    "install the package \"util-linux\" there");
    }
    throw Error(Code::failed,
                fmt::format("cannot lock {} on {}: {}", in_quotes(path), m_host, printable(trim(result.err))));
}

}  // namespace umsadm::remote
