#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "umsadm/base/bytes.hpp"
#include "umsadm/base/error.hpp"

namespace umsadm::keystore {

// Writes big-endian numbers and byte runs.
class ByteWriter {
public:
    void u2(std::uint16_t value) { number(value, 2); }
    void u4(std::uint32_t value) { number(value, 4); }
    void s8(std::int64_t value) { number(static_cast<std::uint64_t>(value), 8); }

    void raw(ByteView bytes) { m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end()); }

    // A length or a count. Throws Code::failed when it does not fit into four bytes.
    void count(std::size_t value) {
        if (value > std::numeric_limits<std::uint32_t>::max()) {
            throw Error(Code::failed, "the keystore would be too large for its format");
        }
        u4(static_cast<std::uint32_t>(value));
    }

    void with_length(ByteView bytes) {
        count(bytes.size());
        raw(bytes);
    }

    ByteView written() const noexcept { return m_bytes; }
    Bytes finish() && { return std::move(m_bytes); }

private:
    void number(std::uint64_t value, std::size_t size) {
        for (std::size_t i = size; i-- > 0;) m_bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }

    Bytes m_bytes;
};

}  // namespace umsadm::keystore
