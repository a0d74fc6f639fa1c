"""The recruiting agent's pages: workers, vacancies, contracts, clearances."""
