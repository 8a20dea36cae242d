#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/deadline.hpp"
#include "umsadm/base/stream.hpp"

namespace umsadm {

// A POSIX shell script that runs as root on the host, through sudo where the login is not root.
//
// The script runs in a shell of its own with `set -eu`, PATH=/usr/sbin:/usr/bin:/sbin:/bin (and /usr/local), LC_ALL=C
// and umask 077; "$1", "$2", ... are `args`; standard input is `input`, binary-clean. It never holds a secret: scripts
// stand in the process list. Secrets go through `input`.
//
// A lost connection does not stop a script, also not one that prints. But `input` may be cut short then, so a script
// checks what it was sent (a size, a digest) before it uses it. What a script leaves running in the background must not
// keep standard output or error: what it prints later would appear in the output of later scripts.
struct Command {
    std::string script;
    std::vector<std::string> args{};
    ByteView input{};
    std::chrono::seconds timeout{30};
    std::size_t max_output = 16U * 1024 * 1024;  // of stdout; more is Code::failed
    // A folder to lock before the script runs, without a round trip of its own, if it can be locked. The script runs in
    // any case: lock_folder() tells, and costs nothing when the lock was taken here.
    std::string try_lock{};
};

struct CommandResult {
    int exit_status = 0;  // 128 + N when a signal N killed the script
    Bytes out;
    std::string err;                    // at most 64 KiB of it
    std::chrono::milliseconds took{0};  // until the answer was here, since the answer before it or the sending

    std::string_view text() const noexcept { return as_text(out); }
};

// Another machine, or this one, with root's rights. One call at a time.
//
// Every function throws Code::unreachable when the connection is lost or the time is up: the state of the host is then
// unknown and has to be looked at again. Throws Code::interrupted when the user interrupted.
class RemoteHost {
public:
    virtual ~RemoteHost() = default;
    RemoteHost() = default;
    RemoteHost(const RemoteHost&) = delete;
    RemoteHost& operator=(const RemoteHost&) = delete;

    // "admin@icg.example.com:22" or "this machine": for messages.
    virtual std::string description() const = 0;

    // Runs scripts in one round trip, each to its end, and each only when the one before it ended with 0. Returns the
    // results of those that ran; a non-zero exit status is an answer, not an error. Their timeouts add up. When the
    // connection is lost, any number of them may have run, or may still run, in this order.
    virtual std::vector<CommandResult> run_in_turn(std::span<const Command> commands) = 0;
    CommandResult run(const Command& command);

    // Takes an exclusive lock on a folder of the host, held until this object goes, the process dies or the connection
    // ends and its last script did. Returns false when somebody else holds it. Scripts that run later do not inherit
    // it. One folder for each object; locking it again does nothing.
    virtual bool lock_folder(const std::string& path) = 0;

    // Connects from the host to `endpoint`, for as long as this object lives. A null pointer when the connection was
    // refused there. Throws Code::unreachable otherwise (also when the SSH server forbids it).
    virtual std::unique_ptr<Stream> connect_from_here(const Endpoint& endpoint, const Deadline& deadline) = 0;
};

}  // namespace umsadm
