#pragma once

namespace umsadm::app {

// Makes the process safe for secrets and for bad surroundings; the first thing that runs. No core files, no tracing by
// other processes of the user, freed memory overwritten, a broken pipe or a full file is an error instead of a signal,
// and the descriptors 0 to 2 are open, so that no file of ours ever becomes "standard output".
void prepare_process() noexcept;

}  // namespace umsadm::app
