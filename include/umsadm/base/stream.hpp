#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/deadline.hpp"

namespace umsadm {

// A connection that carries bytes both ways: a TCP socket, or a channel inside an SSH connection.
// Throws Code::unreachable when the connection is lost or the deadline passes, Code::interrupted on interruption.
class Stream {
public:
    virtual ~Stream() = default;
    Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Waits for at least one byte; returns how many were put into `buffer`, 0 at the end of the stream.
    virtual std::size_t read(std::span<std::uint8_t> buffer, const Deadline& deadline) = 0;
    // Writes all of `bytes`.
    virtual void write(ByteView bytes, const Deadline& deadline) = 0;
};

struct Endpoint {
    std::string host;  // a DNS name or an IP address, without brackets
    std::uint16_t port = 0;

    bool operator==(const Endpoint&) const = default;
    std::string to_string() const;  // "icg.example.com:8443", "[::1]:8443"
};

}  // namespace umsadm
