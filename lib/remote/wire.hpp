#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "umsadm/base/bytes.hpp"

namespace umsadm::remote {

// Reads the data types of RFC 4251, section 5. Throws Code::invalid_data, naming `what`, when the data ends too early.
// The views point into the data that was handed in.
class WireReader {
public:
    WireReader(ByteView data, std::string what) : m_rest(data), m_what(std::move(what)) {}

    std::uint8_t byte() { return take(1)[0]; }
    std::uint32_t u32();
    ByteView string() { return take(u32()); }
    std::string_view text() { return as_text(string()); }
    // The magnitude, without the zero byte that keeps it positive.
    ByteView mpint();
    ByteView take(std::size_t size);

    ByteView rest() const noexcept { return m_rest; }

private:
    ByteView m_rest;
    std::string m_what;
};

class WireWriter {
public:
    WireWriter& byte(std::uint8_t value);
    WireWriter& u32(std::uint32_t value);
    WireWriter& string(ByteView value);
    WireWriter& string(std::string_view value) { return string(as_bytes(value)); }
    // `magnitude`: big-endian, not negative; leading zero bytes are dropped.
    WireWriter& mpint(ByteView magnitude);

    const Bytes& bytes() const noexcept { return m_bytes; }
    Bytes take() noexcept { return std::move(m_bytes); }

private:
    Bytes m_bytes;
};

}  // namespace umsadm::remote
