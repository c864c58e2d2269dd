"""What the organisation says: the declared register, its people, its policy and its scan scope."""
