#include "in_parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace umsadm::app {
namespace {

class Crew {
public:
    Crew(std::size_t count, const std::function<void(std::size_t)>& work, std::size_t at_once)
        : m_count(count), m_work(work), m_at_once(at_once) {}
    ~Crew() { join(); }
    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    void run() {
        // The caller works as well: it goes on alone where no thread can be started.
        const std::size_t helpers = std::min(m_count, m_at_once) - 1;
        try {
            while (m_threads.size() < helpers) m_threads.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
        }
        work();
        join();
        if (m_failure) std::rethrow_exception(m_failure);
    }

private:
    void work() noexcept {
        for (std::size_t i = m_next++; i < m_count; i = m_next++) {
            try {
                m_work(i);
            } catch (...) {
                m_next = m_count;
                const std::lock_guard one_at_a_time(m_failing);
                if (!m_failure) m_failure = std::current_exception();
            }
        }
    }

    void join() noexcept {
        for (std::thread& thread : m_threads) thread.join();
        m_threads.clear();
    }

    const std::size_t m_count;
    const std::function<void(std::size_t)>& m_work;
    const std::size_t m_at_once;
    std::atomic<std::size_t> m_next{0};
    std::mutex m_failing;
    std::exception_ptr m_failure;
    std::vector<std::thread> m_threads;
};

}  // namespace

std::size_t processors() noexcept { return std::max(1U, std::thread::hardware_concurrency()); }

void in_parallel(std::size_t count, const std::function<void(std::size_t)>& work, std::size_t at_once) {
    if (count > 0) Crew(count, work, at_once).run();
}

}  // namespace umsadm::app
