#pragma once

#include <string>
#include <vector>

namespace umsadm::remote {

enum class Terminal { none, needed };  // needed: sudo insists on one ("requiretty")

// What tells our own output from everything else that a host may print. Different for every connection.
struct ShellTokens {
    std::string start;   // printed when the root shell is there
    std::string prompt;  // the start of the question of sudo
    std::string end;     // printed behind the output of every script

    static ShellTokens make();
};

// The command that becomes the root shell: directly when the login is root, through sudo otherwise.
std::vector<std::string> shell_arguments(const ShellTokens& tokens, Terminal terminal);
// The same as one line for the login shell of a user, whichever that is: sh, csh or fish.
std::string shell_command_line(const ShellTokens& tokens, Terminal terminal);

constexpr const char* k_shell_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

}  // namespace umsadm::remote
