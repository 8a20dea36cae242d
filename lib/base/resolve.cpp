#include "lib/base/resolve.hpp"

#include <cerrno>
#include <future>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

struct Answer {
    int rc = 0;
    int error_number = 0;
    Addresses addresses;
};

Answer ask(const Endpoint& endpoint, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV | flags;
    addrinfo* list = nullptr;
    Answer answer;
    answer.rc = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &list);
    answer.error_number = errno;
    if (answer.rc == 0) answer.addresses.reset(list);
    return answer;
}

constexpr const char* k_hint =
    "look at the name servers in /etc/resolv.conf, or give the IP address instead of the name";

Error cannot_resolve(const Endpoint& endpoint, std::string_view reason, std::string hint = {}) {
    return Error(Code::unreachable, fmt::format("cannot connect to {}: {}", printable(endpoint.to_string()), reason),
                 std::move(hint));
}

Error no_answer(const Endpoint& endpoint) {
    return cannot_resolve(endpoint, fmt::format("no name server answered in time for {}", in_quotes(endpoint.host)),
                          k_hint);
}

Error why_not(const Endpoint& endpoint, const Answer& answer) {
    const bool of_the_system = answer.rc == EAI_SYSTEM;
    return cannot_resolve(
        endpoint, of_the_system ? std::generic_category().message(answer.error_number) : ::gai_strerror(answer.rc),
        answer.rc == EAI_AGAIN ? k_hint : "");
}

// getaddrinfo() knows no deadline, so a thread makes the call, and is left behind when the time is up: it owns all that
// it touches (a copy of the endpoint, its share of the future), so it does no harm when it goes on, nor when the
// process ends under it. getaddrinfo_a() would be no better: it is such a thread too, gai_cancel() does not stop a
// request that has begun, and the request would have to be leaked, for the library goes on writing to it.
std::future<Answer> ask_beside(const Endpoint& endpoint) {
    std::packaged_task<Answer()> task([endpoint] { return ask(endpoint, 0); });
    std::future<Answer> answer = task.get_future();
    try {
        std::thread(std::move(task)).detach();
    } catch (const std::system_error& error) {
        throw system_error("cannot start a thread to look up a name", error.code().value());
    }
    return answer;
}

Answer wait_for(std::future<Answer> answer, const Endpoint& endpoint, const Deadline& deadline) {
    while (true) {
        deadline.check_interrupted();
        if (answer.wait_for(deadline.slice()) == std::future_status::ready) return answer.get();
        if (deadline.passed()) throw no_answer(endpoint);
    }
}

}  // namespace

Addresses resolve(const Endpoint& endpoint, const Deadline& deadline) {
    Answer answer = ask(endpoint, AI_NUMERICHOST);  // asks nobody
    if (answer.rc == EAI_NONAME) answer = wait_for(ask_beside(endpoint), endpoint, deadline);
    if (answer.rc != 0) throw why_not(endpoint, answer);
    return std::move(answer.addresses);
}

}  // namespace umsadm
