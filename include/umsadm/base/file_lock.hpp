#pragma once

#include <chrono>

#include "umsadm/base/deadline.hpp"
#include "umsadm/base/file.hpp"
#include "umsadm/base/unique_fd.hpp"

namespace umsadm {

// An exclusive lock that the kernel drops when the holder dies, so there are no stale locks. The lock file itself
// stays (unlinking it would let two holders in).
class FileLock {
public:
    // Waits until the deadline. Throws Code::busy, naming `what`, when somebody else still holds it then.
    FileLock(const Path& file, std::string_view what, const Deadline& deadline);

private:
    UniqueFd m_fd;
};

}  // namespace umsadm
