#pragma once

#include <optional>
#include <string>

#include "umsadm/base/bytes.hpp"

namespace umsadm::remote {

// Cuts one answer out of a stream: everything before "TOKEN STATUS\n". The token is unpredictable, so output that looks
// like an end does not exist. At most `limit` bytes are kept, the rest is counted and dropped.
class FramedOutput {
public:
    FramedOutput(std::string token, std::size_t limit) : m_token(std::move(token) + ' '), m_limit(limit) {}

    // Where a channel appends what arrived. Call advance() afterwards.
    Bytes& arrived() noexcept { return m_pending; }
    void advance();

    bool complete() const noexcept { return m_status.has_value(); }
    int status() const { return m_status.value(); }
    bool overflowed() const noexcept { return m_overflowed; }
    Bytes take() noexcept { return std::move(m_kept); }
    // What arrived behind the end: the beginning of the next answer.
    Bytes take_rest() noexcept { return std::move(m_pending); }

private:
    void keep(std::size_t size);

    std::string m_token;
    std::size_t m_limit;
    Bytes m_pending;
    Bytes m_kept;
    bool m_at_status = false;
    bool m_overflowed = false;
    std::optional<int> m_status;
};

}  // namespace umsadm::remote
