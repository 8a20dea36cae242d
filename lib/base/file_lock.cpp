#include "umsadm/base/file_lock.hpp"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {

FileLock::FileLock(const Path& file, std::string_view what, const Deadline& deadline) {
    m_fd = UniqueFd(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, k_owner_only));
    if (!m_fd) throw system_error(fmt::format("cannot open {}", in_quotes(file.string())), errno);
    // Open-file-description locks: unlike POSIX record locks they do not vanish when another descriptor of the
    // same file is closed in this process.
    struct flock request {};
    request.l_type = F_WRLCK;
    request.l_whence = SEEK_SET;
    while (::fcntl(m_fd.get(), F_OFD_SETLK, &request) != 0) {
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EACCES)
            throw system_error(fmt::format("cannot lock {}", in_quotes(file.string())), errno);
        if (deadline.passed()) {
            throw Error(Code::busy, fmt::format("another umsadm is working on {}", what),
                        "wait until it is done, then try again");
        }
        sleep_for(std::chrono::milliseconds(50), deadline);
    }
}

}  // namespace umsadm
