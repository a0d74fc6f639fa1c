"""Pages for anybody: the front door, the register of agents, advice, the way in and out."""
