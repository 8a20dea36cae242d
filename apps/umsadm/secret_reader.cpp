#include "secret_reader.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/base/unique_fd.hpp"

#include "terminal.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_longest_secret = 1024;
// A pipe whose writer never writes must not hang us.
constexpr std::chrono::seconds k_patience{60};

// Reads up to the end of the first line and not a byte more: the rest of a descriptor belongs to somebody else.
Secret read_line(int fd, std::string_view where, const Cancellation& cancellation) {
    const Deadline deadline = Deadline::in(k_patience, &cancellation);
    std::array<char, k_longest_secret + 2> line{};
    std::size_t size = 0;
    while (true) {
        if (!wait_ready(fd, Ready::read, deadline)) {
            throw Error(Code::failed, fmt::format("nothing came from {} for {} s", where, k_patience.count()));
        }
        const ssize_t count = ::read(fd, line.data() + size, 1);
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0) throw system_error(fmt::format("cannot read {}", where), errno);
        if (count == 0 || line[size] == '\n') break;
        if (++size > k_longest_secret) {
            wipe_memory(line.data(), line.size());
            throw Error(Code::invalid_data,
                        fmt::format("the first line of {} is longer than {} bytes", where, k_longest_secret));
        }
    }
    if (size > 0 && line[size - 1] == '\r') --size;
    Secret secret(std::string_view(line.data(), size));
    wipe_memory(line.data(), line.size());
    if (secret.empty()) throw Error(Code::invalid_data, fmt::format("the first line of {} is empty", where));
    return secret;
}

Secret read_descriptor(const std::string& number, const Cancellation& cancellation) {
    int fd = -1;
    std::from_chars(number.data(), number.data() + number.size(), fd);
    if (::fcntl(fd, F_GETFD) < 0) {
        throw Error(Code::usage, fmt::format("descriptor {} is not open", number),
                    fmt::format("open it in the shell: {}< FILE", number));
    }
    return read_line(fd, fmt::format("descriptor {}", number), cancellation);
}

Secret read_variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') {
        throw Error(Code::not_found, fmt::format("the environment variable {} is not set or empty", in_quotes(name)));
    }
    return Secret(std::string_view(value));
}

}  // namespace

const Secret& SecretReader::read(const SecretSource& source, std::string_view what_for) {
    const bool asked = source.kind == SecretSource::Kind::prompt;
    const std::string_view what = asked && !source.value.empty() ? source.value : what_for;
    const std::string key = asked ? fmt::format("prompt {}", what) : source.to_string();
    const std::lock_guard turn(m_turn);
    const auto known = m_known.find(key);
    if (known != m_known.end()) return known->second;
    // Who waited while somebody interrupted a question must not ask the next one.
    m_cancellation.check();
    Secret secret = with_context(fmt::format("reading the {}", what), [&] { return fetch(source, what); });
    return m_known.emplace(key, std::move(secret)).first->second;
}

const Secret* SecretReader::read(const std::optional<SecretSource>& source, std::string_view what) {
    return source ? &read(*source, what) : nullptr;
}

Secret SecretReader::fetch(const SecretSource& source, std::string_view what) const {
    switch (source.kind) {
        case SecretSource::Kind::file: return read_file_line(source.value, what);
        case SecretSource::Kind::fd: return read_descriptor(source.value, m_cancellation);
        case SecretSource::Kind::env: return read_variable(source.value);
        case SecretSource::Kind::prompt: break;
    }
    Secret secret = ask_secret(what, m_cancellation);
    if (secret.empty()) throw Error(Code::invalid_data, fmt::format("the {} is empty", what));
    return secret;
}

Secret SecretReader::read_file_line(const std::string& path, std::string_view what) const {
    // Without O_NONBLOCK the open itself would wait for the writer of a pipe, without a limit.
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT) throw Error(Code::not_found, fmt::format("no file {}", in_quotes(path)));
        throw system_error(fmt::format("cannot open {}", in_quotes(path)), errno);
    }
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) throw system_error(fmt::format("cannot read {}", in_quotes(path)), errno);
    if (S_ISREG(info.st_mode) && (info.st_mode & (S_IRGRP | S_IROTH)) != 0) {
        m_warn(fmt::format("the file {} with the {} can be read by others (mode {:04o})", in_quotes(path), what,
                           info.st_mode & 07777U));
    }
    return read_line(file.get(), in_quotes(path), m_cancellation);
}

}  // namespace umsadm::app
