#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/remote/byte_channel.hpp"

namespace umsadm::remote {

struct ProcessSettings {
    std::vector<std::string> environment{"LC_ALL=C"};  // all of it, as "NAME=value"
    bool ends_when_given_up = false;                   // with all that it started; else it is left to itself
};

// Starts a program of this machine, in a session of its own: a Ctrl-C in our terminal does not reach it.
std::unique_ptr<ByteChannel> start_process(const std::vector<std::string>& arguments,
                                           const ProcessSettings& settings = {});

}  // namespace umsadm::remote
