#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace umsadm {

struct SpawnRequest {
    std::vector<std::string> arguments;    // the path of the program is the first one
    std::vector<std::string> environment;  // all of it, as "NAME=value"
    // Descriptors that become its standard ones; they stay ours, too.
    int input = -1;
    int output = -1;
    int error = -1;
};

// Starts a program of this machine and returns its process, whose end the caller waits for. It leads a session of its
// own: a Ctrl-C in our terminal does not reach it, and a signal to the group of this number reaches all that it started
// and that did not go elsewhere. It has nothing of ours but the three descriptors, least of all one that a secret comes
// from, and no signal is blocked or ignored there. Throws Code::failed.
pid_t spawn(const SpawnRequest& request);

}  // namespace umsadm
