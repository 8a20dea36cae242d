#include "lib/remote/wire.hpp"

#include "umsadm/base/error.hpp"

namespace umsadm::remote {

ByteView WireReader::take(std::size_t size) {
    if (size > m_rest.size()) throw Error(Code::invalid_data, m_what + " is damaged or cut short");
    const ByteView taken = m_rest.first(size);
    m_rest = m_rest.subspan(size);
    return taken;
}

std::uint32_t WireReader::u32() {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(4)) value = (value << 8U) | byte;
    return value;
}

ByteView WireReader::mpint() {
    ByteView value = string();
    while (!value.empty() && value[0] == 0) value = value.subspan(1);
    return value;
}

WireWriter& WireWriter::byte(std::uint8_t value) {
    m_bytes.push_back(value);
    return *this;
}

WireWriter& WireWriter::u32(std::uint32_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) m_bytes.push_back(static_cast<std::uint8_t>(value >> shift));
    return *this;
}

WireWriter& WireWriter::string(ByteView value) {
    u32(static_cast<std::uint32_t>(value.size()));
    m_bytes.insert(m_bytes.end(), value.begin(), value.end());
    return *this;
}

WireWriter& WireWriter::mpint(ByteView magnitude) {
    while (!magnitude.empty() && magnitude[0] == 0) magnitude = magnitude.subspan(1);
    const bool needs_sign_byte = !magnitude.empty() && (magnitude[0] & 0x80U) != 0;
    u32(static_cast<std::uint32_t>(magnitude.size() + (needs_sign_byte ? 1 : 0)));
    if (needs_sign_byte) m_bytes.push_back(0);
    m_bytes.insert(m_bytes.end(), magnitude.begin(), magnitude.end());
    return *this;
}

}  // namespace umsadm::remote
