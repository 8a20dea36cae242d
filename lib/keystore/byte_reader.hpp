#pragma once

#include <cstddef>
#include <cstdint>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"

namespace umsadm::keystore {

// Reads big-endian numbers and byte runs from a file of foreign origin. Every read is checked against what is left, so
// a length field never makes us allocate more than the file holds. Throws Code::invalid_data at the end of the file.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) noexcept : m_bytes(bytes) {}

    std::uint8_t u1() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u2() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u4() { return static_cast<std::uint32_t>(number(4)); }
    std::int64_t s8() { return static_cast<std::int64_t>(number(8)); }

    ByteView take(std::size_t count) {
        if (count > remaining()) {
            throw Error(Code::invalid_data, "the keystore is cut off or damaged");
        }
        const ByteView taken = m_bytes.subspan(m_position, count);
        m_position += count;
        return taken;
    }

    std::size_t position() const noexcept { return m_position; }
    std::size_t remaining() const noexcept { return m_bytes.size() - m_position; }
    // What was read since `start`, an earlier position().
    ByteView since(std::size_t start) const noexcept { return m_bytes.subspan(start, m_position - start); }

private:
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : take(size)) value = (value << 8) | byte;
        return value;
    }

    ByteView m_bytes;
    std::size_t m_position = 0;
};

}  // namespace umsadm::keystore
