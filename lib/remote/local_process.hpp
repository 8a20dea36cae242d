#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lib/remote/byte_channel.hpp"

namespace umsadm::remote {

// Starts a program of this machine, in a session of its own: a Ctrl-C in our terminal does not reach it.
std::unique_ptr<ByteChannel> start_process(const std::vector<std::string>& arguments);

}  // namespace umsadm::remote
