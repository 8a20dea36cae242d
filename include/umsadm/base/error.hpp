#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace umsadm {

// What kind of failure an Error is. The kind decides the exit code of the program (apps/umsadm/exit_code)
// and is the "code" of the JSON error; code_name() gives its stable text.
enum class Code {
    failed,          // did not work, nothing changed
    busy,            // somebody else holds the lock
    invalid_data,    // a file or an answer is not what it should be
    not_recorded,    // done, but not (durably) recorded
    usage,           // the command line is wrong
    ambiguous,       // a selector or a choice fits several things
    needs_answer,    // a question, and nobody there to answer it
    not_found,       // no such thing
    refused,         // a check says no
    unreachable,     // no connection, or it was lost
    login_refused,   // connected, but not let in (login or sudo)
    host_key,        // the host key is unknown, changed or revoked
    restored,        // failed, and the old state is back
    restore_failed,  // failed, and the old state could not be put back
    interrupted,     // the user interrupted; nothing changed, or the old state is back
};

// The stable text of a code as scripts see it, for example "not-found".
std::string_view code_name(Code code) noexcept;

// The one error type of the library.
//
// `message` says what is wrong, in lower case, without a full stop, names in "double quotes". `hint` says what
// to do next and may be empty. Frames say what was being done, innermost first. None of them holds a secret.
class Error : public std::exception {
public:
    Error(Code code, std::string message, std::string hint = {});

    Code code() const noexcept { return m_code; }
    const std::string& message() const noexcept { return m_message; }
    const std::string& hint() const noexcept { return m_hint; }
    const std::vector<std::string>& frames() const noexcept { return m_frames; }
    const char* what() const noexcept override { return m_message.c_str(); }

    void add_frame(std::string frame);
    void set_hint(std::string hint);

private:
    Code m_code;
    std::string m_message;
    std::string m_hint;
    std::vector<std::string> m_frames;
};

// Runs `function`; an Error that leaves it gets the frame "while <doing>".
template <typename Function>
auto with_context(std::string_view doing, Function&& function) -> decltype(std::forward<Function>(function)()) {
    try {
        return std::forward<Function>(function)();
    } catch (Error& error) {
        error.add_frame(std::string(doing));
        throw;
    }
}

// An Error for a failed system call: `message` and the text of `error_number`.
Error system_error(std::string_view message, int error_number, std::string hint = {});

}  // namespace umsadm
