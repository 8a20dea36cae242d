#pragma once

#include <cstddef>
#include <string>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/deadline.hpp"

namespace umsadm::remote {

// Standard input, output and error of a process that runs elsewhere: in an SSH channel, or as a child on this machine.
class ByteChannel {
public:
    ByteChannel() = default;
    virtual ~ByteChannel() = default;
    ByteChannel(const ByteChannel&) = delete;
    ByteChannel& operator=(const ByteChannel&) = delete;

    struct Moved {
        std::size_t written = 0;  // of the input
        bool ended = false;       // output and error are at their end
    };

    // Waits until something can be moved, then moves what can be: appends what arrived to `out` and `err`, some 64 KiB
    // of each at most (the caller looks at its limits in between), and writes from the start of `input`. What was not
    // written has to be offered again by the next call, unchanged. Throws Code::unreachable when the connection is lost
    // or the deadline passed, Code::interrupted.
    virtual Moved exchange(ByteView input, Bytes& out, Bytes& err, const Deadline& deadline) = 0;

    // Gives up: nothing can be said through this channel any more, the process sees the end of its input.
    virtual void abandon() noexcept = 0;
};

}  // namespace umsadm::remote
