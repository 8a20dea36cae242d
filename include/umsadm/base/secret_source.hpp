#pragma once

#include <string>
#include <string_view>

namespace umsadm {

// Where a secret comes from; the secret itself is never an argument and never in a record.
//   file:PATH  the first line of a file        env:NAME  an environment variable
//   fd:N       the first line of a descriptor  prompt    the terminal
struct SecretSource {
    enum class Kind { file, fd, env, prompt };

    Kind kind = Kind::prompt;
    std::string value;  // the path, the number or the name; prompt: what is asked for, where one answer counts for many

    bool operator==(const SecretSource&) const = default;

    // "fd:" and "prompt" mean something only to the run that was given them, so they are never stored.
    bool storable() const noexcept { return kind == Kind::file || kind == Kind::env; }

    std::string to_string() const;

    // Throws Code::usage, without repeating the text: it may be a password typed in the wrong place.
    static SecretSource parse(std::string_view text);
};

}  // namespace umsadm
